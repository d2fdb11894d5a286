package task

// Late reports whether t is still open past its time.
func (t *Task) Late(now int64) bool { return t.State == Open && t.Due != 0 && now > t.Due }
