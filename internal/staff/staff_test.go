package staff

import (
	"testing"
	"time"
)

func TestWhoSeesWhom(t *testing.T) {
	liu := func(r Role) Member { return Member{ID: "liu", Role: r} }
	tests := []struct {
		name   string
		member Member
		owner  string
		want   bool
	}{
		{"a health manager sees own people", liu(HealthManager), "liu", true},
		{"a health manager does not see another's", liu(HealthManager), "chen", false},
		{"people without an owner are for managers", liu(HealthManager), "", false},
		{"a pharmacist sees own people", liu(Pharmacist), "liu", true},
		{"a manager sees the team", liu(Manager), "chen", true},
		{"a manager sees people without an owner", liu(Manager), "", true},
		{"an admin sees everyone", liu(Admin), "", true},
		{"a viewer sees people who have an owner", liu(Viewer), "chen", true},
		{"a viewer does not see the others", liu(Viewer), "", false},
		{"an unknown role sees nobody", liu("guest"), "liu", false},
		{"someone disabled sees nobody", Member{ID: "liu", Role: Admin, Disabled: true}, "liu", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.member.Sees(tt.owner); got != tt.want {
				t.Errorf("Sees(%q) = %v, want %v", tt.owner, got, tt.want)
			}
		})
	}
}

func TestViewersChangeNothing(t *testing.T) {
	for _, p := range []Permission{CanWritePeople, CanAssign, CanExport, CanWork, CanMoveClock, CanManageStaff, CanReadNames} {
		if Viewer.Can(p) {
			t.Errorf("a viewer may %s", p)
		}
	}
}

func TestLockoutGrows(t *testing.T) {
	now := time.Date(2026, 3, 8, 11, 30, 0, 0, time.UTC)
	var m Member
	for range 4 {
		m.Fail(now)
	}
	if m.Locked(now) != 0 {
		t.Fatal("locked before the fifth wrong password")
	}
	want := []time.Duration{
		30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute,
		16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour, time.Hour,
	}
	for i, w := range want {
		m.Fail(now)
		if got := m.Locked(now); got != w {
			t.Errorf("wrong password %d: wait %v, want %v", 5+i, got, w)
		}
	}
	if m.Locked(now.Add(time.Hour)) != 0 {
		t.Error("the moment the wait ends is inside it")
	}
	m.Succeed()
	if m.Locked(now) != 0 || m.Failed != 0 {
		t.Error("a right password did not clear the wait")
	}
}

func TestPasswords(t *testing.T) {
	hash, err := HashPassword("三月八号下雨了，带伞吗")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, password, hash string
		want                 bool
	}{
		{"the right one", "三月八号下雨了，带伞吗", hash, true},
		{"a wrong one", "三月八号下雨了，带伞吧", hash, false},
		{"a login that does not exist", "no member has this password", "", false},
		{"a damaged hash", "x", "$argon2id$", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := CheckPassword(tt.password, tt.hash); got != tt.want {
				t.Errorf("CheckPassword = %v, want %v", got, tt.want)
			}
		})
	}
	if _, err := HashPassword("short"); err == nil {
		t.Error("a password of five characters was taken")
	}
}

func TestSessionEnds(t *testing.T) {
	now := time.Date(2026, 3, 8, 8, 0, 0, 0, time.UTC)
	s, token := NewSession(KindStaff, "liu", now)
	if string(s.TokenHash) != string(HashToken(token)) {
		t.Error("the session does not keep the token's hash")
	}
	tests := []struct {
		name string
		at   time.Duration
		seen time.Duration
		want bool
	}{
		{"at once", 0, 0, true},
		{"before the idle hours are over", 4*time.Hour - 1000, 0, true},
		{"idle too long", 4 * time.Hour, 0, false},
		{"busy until the end of the day", 12*time.Hour - 1000, 11 * time.Hour, true},
		{"the day is over", 12 * time.Hour, 12*time.Hour - 1000, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := s
			s.Seen = now.Add(tt.seen).UnixMicro()
			if got := s.Valid(now.Add(tt.at)); got != tt.want {
				t.Errorf("Valid = %v, want %v", got, tt.want)
			}
		})
	}
	if !s.CSRFMatches(s.CSRF) || s.CSRFMatches("") || (Session{}).CSRFMatches("") {
		t.Error("CSRF token compared wrongly")
	}
}
