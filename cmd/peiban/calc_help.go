package main

// Help is printed below the flags. It says how everything is counted, so that a figure can be compared with one from elsewhere.
func (calcGlucose) Help() string {
	if speaksChinese() {
		return glucoseHelpZh
	}
	return glucoseHelpEn
}

func (calcAdherence) Help() string {
	if speaksChinese() {
		return adherenceHelpZh
	}
	return adherenceHelpEn
}

const glucoseHelpEn = `Columns: time, value (or gl, glucose, 血糖, 时间 …), and id when there is more than one person. Commas, semicolons or
tabs; UTF-8, UTF-16 or GB18030. One row per id comes out; what the readings cannot carry stays empty.

Readings. Impossible values (outside 1.1-33.3 mmol/L, 20-600 mg/dL), HI, LO and empty cells are counted and left out. The same
reading twice counts once; different values of one moment all count, and the curve passes through their mean. Order does not matter.

Times without a zone are local: clocks as written, or those of --zone. Days begin at local midnight. 2024-05-01 alone is midnight.

The curve, for mage, modd, conga and episodes: straight lines between readings at most 45 minutes apart, read at the usual interval
of the readings (mage: five minutes) from midnight on. Readings further apart than that have no curve.

  mean, sd (n - 1), mage, modd, conga   in the unit        cv               100 sd / mean, %
  gmi       3.31 + 0.02392 mean (mg/dL), %                 ea1c             (46.7 + mean (mg/dL)) / 28.7, %
  tir tbr tar   % of readings in, below, above the target range, limits in it (3.9-10.0, 70-180, or --range)
  very_low low in_range high very_high   <3.0 | <3.9 | to 10.0 | to 13.9 | above;  <54 | <70 | to 180 | to 250 | above; %
  lbgi hbgi  mean risk, 10 f^2 with f = 1.509 ((ln mg/dL)^1.084 - 5.381), below and above 112.5 mg/dL
  adrr      largest risk low + high of each local day, mean over days with at least 3 readings (--adrr-readings)
  mage      mean excursion beyond 1 sd, moving averages of 25 and 160 minutes (Fernandes 2022), stretches split at 3 hours
  modd      mean absolute difference at the same clock time one day later     conga  sd of differences --conga hours apart
  j_index   0.001 (mean + sd)^2, mg/dL       gri  3 very_low + 2.4 low + 1.6 very_high + 0.8 high, at most 100
  active_percent   readings there, % of those expected from the first to the last at the usual interval
  sufficient       at least 14 days with active_percent at least 70
  *_episodes       at least 15 minutes beyond 3.9, 3.0, 10.0, 13.9 (extended: over 120 below 3.9), ended by 15 minutes back

Exit: 0 done, also when rows were refused; 1 nothing could be used; 2 a mistake in the call. Definitions and sources: docs/guide/calculators.md`

const glucoseHelpZh = `需要的栏：时间、血糖（也可以叫 time、gl、value、glucose …）；不止一人时还要 id（患者编号）。逗号、分号或制表符；UTF-8、UTF-16 或
GB18030。每个 id 一行；数据支持不了的指标留空。

读数：不合理的值（1.1–33.3 mmol/L、20–600 mg/dL 之外）、HI、LO 和空格只计数，不参加计算。同一读数出现两次只算一次；同一时刻的不同数值
都算，曲线取它们的平均。行的先后没有关系。

没有时区的时间是当地时间：按所写的钟点，或按 --zone。一天从当地零点开始。只写日期就是零点。

曲线（用于 mage、modd、conga 和事件）：相隔不超过 45 分钟的读数之间连直线，从零点起按通常的间隔（mage：5 分钟）取值；间隔更大就没有曲线。

  mean、sd（n - 1）、mage、modd、conga   用输入的单位      cv    100 sd / mean，%
  gmi    3.31 + 0.02392 × 平均值（mg/dL），%              ea1c  (46.7 + 平均值（mg/dL）) / 28.7，%
  tir tbr tar   目标范围之内、之下、之上的读数占比，界限算在内（3.9–10.0，70–180，或 --range）
  very_low low in_range high very_high   <3.0 | <3.9 | 至 10.0 | 至 13.9 | 以上；<54 | <70 | 至 180 | 至 250 | 以上；%
  lbgi hbgi  风险的平均：10 f²，f = 1.509 ((ln mg/dL)^1.084 - 5.381)，112.5 mg/dL 以下和以上
  adrr   每个当地日最大的低风险加最大的高风险，取至少 3 个读数的日子（--adrr-readings）的平均
  mage   超过 1 个 sd 的波动的平均幅度，25 和 160 分钟移动平均（Fernandes 2022），中断 3 小时以上分段
  modd   次日同一钟点之差的绝对值的平均                  conga  相隔 --conga 小时之差的 sd
  j_index   0.001 (mean + sd)²，mg/dL      gri  3 very_low + 2.4 low + 1.6 very_high + 0.8 high，至多 100
  active_percent   从第一个到最后一个读数，按通常间隔应有的读数中有多少，%
  sufficient       至少 14 天，且 active_percent 至少 70
  *_episodes       至少 15 分钟越过 3.9、3.0、10.0、13.9（extended：低于 3.9 超过 120 分钟），回来 15 分钟算结束

退出码：0 完成（有拒收的行也是 0）；1 没有可用的数据；2 用法有误。定义和出处：docs/guide/calculators.md`

const adherenceHelpEn = `Columns: id, date, days (days of supply), and class for several medicines: then a row per id and class comes out. Other names
that are found: ptid, rxdate, supplies, duration, 患者, 日期, 天数 …; commas, semicolons or tabs; UTF-8, UTF-16 or GB18030.

How days are counted. A fill of n days on day d covers d and the n - 1 days after it. Both --from and --to count: 2007-01-01 to
2007-12-31 are 365 days. Supply beyond --to does not count as covered. Early refills are carried forward: what is in hand is used up
first, within one class. Two equal rows are two boxes. Results are shares: 0.8 is 80 %.

The window. Fills before --from, or after --to, are not seen. With --start N days are counted from N days after --from on, and fills
before that matter only for the supply they leave (pdc, cma7, cma8, cma9). --from first begins at each person's first fill; --to +365
is the 365th day.

  pdc           days covered / days of the window, early refills carried forward (for the window from the first fill on: cma6)
  pdc_no_carry  the same, overlapping days counted once and lost
  mpr           days supplied in the window / its days, at most 1 (mpr_uncapped: as it is)
  cma1  supply of all fills but the last / days from first to last fill       cma3  cma1, at most 1
  cma2  supply of all fills / days from first fill to the end                 cma4  cma2, at most 1
  cma5  days covered from first to last fill / those days, carried            cma6  the same from first fill to the end
  cma7  days covered from start to end / those days, with supply from before  cma8  the same, begun when that supply is used up
  cma9  each day the share of its refill interval (up to --follow-to), averaged from start to end
  gaps  lengths of the runs of days without supply between fills; gap_days, longest_gap, gap_at_end (after the last supply)
  gaps_no_carry  for each fill after the first, days since the one before ran out, nothing carried
  persistent, persistence_end, persistence_days   until the first pause longer than --gap days (also at the end of the window); the end is
                the last day with supply, empty while persistent

cma1 to cma9 are those of Vollmer 2012 and AdhereR (Dima and Dediu 2017). Exit: 0 done, also when rows were refused; 1 nothing could be
used; 2 a mistake in the call. Definitions and sources: docs/guide/calculators.md`

const adherenceHelpZh = `需要的栏：id（患者）、date（日期）、days（天数）；几种药时再加 class（类别），每个 id 和类别一行。也认得 ptid、rxdate、supplies、
duration、患者编号、取药日期、用药天数 …；逗号、分号或制表符；UTF-8、UTF-16 或 GB18030。

天数怎么算：第 d 天取 n 天的药，覆盖 d 和之后的 n - 1 天。--from 和 --to 两天都算：2007-01-01 到 2007-12-31 是 365 天。超出 --to 的药不算
覆盖。提前取药往后顺延：同一类别里先用完手里的。两行相同就是两盒。结果是比例：0.8 即 80 %。

时间窗：--from 之前、--to 之后的取药不看。--start N 从 --from 之后 N 天开始计数，更早的取药只看它留下的药（pdc、cma7、cma8、cma9）。
--from first 从各人第一次取药开始；--to +365 是第 365 天。

  pdc           覆盖天数 / 时间窗天数，提前取药顺延（从第一次取药算起的是 cma6）
  pdc_no_carry  同上，重叠的天只算一次，不顺延
  mpr           时间窗内取药天数 / 时间窗天数，至多 1（mpr_uncapped 不封顶）
  cma1  除最后一次以外的取药天数 / 第一次到最后一次的天数      cma3  cma1，至多 1
  cma2  全部取药天数 / 第一次取药到结束的天数                  cma4  cma2，至多 1
  cma5  第一次到最后一次之间的覆盖比例，顺延                  cma6  第一次取药到结束的覆盖比例
  cma7  开始到结束的覆盖比例，含之前留下的药                  cma8  同上，从之前的药用完时开始
  cma9  每一天取它所在取药间隔（最后一段到 --follow-to）的比例，从开始到结束平均
  gaps  两次取药之间没有药的各段天数；gap_days、longest_gap、gap_at_end（最后一次药用完之后）
  gaps_no_carry  第二次起每次取药之前断药的天数，不顺延
  persistent、persistence_end、persistence_days   直到第一次断药超过 --gap 天（时间窗末尾的断药也算）；结束日是有药的最后一天，仍在坚持则为空

cma1 到 cma9 按 Vollmer 2012 和 AdhereR（Dima、Dediu 2017）。退出码：0 完成（有拒收的行也是 0）；1 没有可用的数据；2 用法有误。
定义和出处：docs/guide/calculators.md`
