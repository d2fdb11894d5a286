package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// matching finds the people behind 10,000 rows: reading the file, blocking, learning, scoring. With --full 100,000 rows too.
func matching(o options) ([]row, error) {
	sizes := []int{10_000}
	if o.full {
		sizes = append(sizes, 20_000, 100_000)
	}
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var rows []row
	for _, n := range sizes {
		file := filepath.Join(dir, fmt.Sprintf("%d.csv", n))
		if err := writePeople(file, n); err != nil {
			return nil, err
		}
		var took []float64
		var mb float64
		var sum struct {
			Summary struct {
				Candidates int
				Measured   struct{ Precision, Recall, F float64 }
			}
		}
		for range o.rounds {
			cmd := exec.Command(o.binary, "match", file, "--truth", "真值", "--json")
			begin := time.Now()
			out, err := cmd.Output()
			took = append(took, time.Since(begin).Seconds())
			if err != nil {
				return nil, fmt.Errorf("match %d rows: %w", n, err)
			}
			if err := json.Unmarshal(out, &sum); err != nil {
				return nil, err
			}
			if used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
				mb = max(mb, float64(used.Maxrss)/1024)
			}
		}
		r := row{
			What: "match", Size: fmt.Sprintf("%d rows, six columns, Chinese", n), Ours: median(took), Unit: "s", Bar: "told", Met: true,
			Detail: fmt.Sprintf("%d pairs compared, %.0f MB, precision %.4f, recall %.4f", sum.Summary.Candidates, mb, sum.Summary.Measured.Precision, sum.Summary.Measured.Recall),
		}
		if n == 10_000 {
			r.Bar, r.Met = "< 20 s", r.Ours < 20
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// writePeople makes a table of people up, six rows in ten of their own and the others with slips; surnames and towns are skewed as
// real ones are.
func writePeople(file string, n int) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	if err := w.Write([]string{"真值", "姓名", "性别", "出生日期", "手机号", "身份证号", "住址"}); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(20, 26))
	last := []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎")
	first := []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉华建国红梅文辉玲春林志海燕晓峰宁波雪琴云飞凤珍庆生福荣德成鑫龙俊宇浩然")
	roads := strings.Fields("人民路 建国路 解放路 中山路 和平街 长江路 黄河路 文化路 新华街 学院路 胜利路 光明街 友谊路 幸福路 东风路")
	towns := strings.Fields("北京市朝阳区 北京市海淀区 上海市浦东新区 上海市徐汇区 广州市天河区 深圳市南山区 南京市鼓楼区 杭州市西湖区 武汉市武昌区 成都市锦江区 西安市雁塔区")
	skewed := func(of int) int { return int(math.Pow(r.Float64(), 2) * float64(of)) }
	var made [][]string
	for id := 0; len(made) < n; id++ {
		y, m, d := 1930+r.IntN(75), 1+r.IntN(12), 1+r.IntN(28)
		p := []string{
			fmt.Sprint(id), string(last[skewed(len(last))]) + string(first[skewed(len(first))]) + string(first[skewed(len(first))]), []string{"男", "女"}[r.IntN(2)],
			fmt.Sprintf("%d-%02d-%02d", y, m, d), fmt.Sprintf("1%d%09d", 3+r.IntN(7), r.IntN(1e9)), fmt.Sprintf("%06d%04d%02d%02d%04d", 110101+r.IntN(9), y, m, d, r.IntN(10000)),
			fmt.Sprintf("%s%s%d号%d室", towns[skewed(len(towns))], roads[r.IntN(len(roads))], 1+r.IntN(200), 101+r.IntN(900)),
		}
		made = append(made, p)
		for r.IntN(5) < 2 && len(made) < n {
			copied := append([]string(nil), p...)
			for c := 1; c < len(copied); c++ {
				switch x := []rune(copied[c]); {
				case r.IntN(20) == 0:
					copied[c] = ""
				case r.IntN(8) == 0 && len(x) > 1:
					at := r.IntN(len(x) - 1)
					x[at], x[at+1] = x[at+1], x[at]
					copied[c] = string(x)
				}
			}
			made = append(made, copied)
		}
	}
	r.Shuffle(len(made), func(i, j int) { made[i], made[j] = made[j], made[i] })
	if err := w.WriteAll(made); err != nil {
		return err
	}
	return w.Error()
}
