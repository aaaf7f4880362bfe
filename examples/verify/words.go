package main

import "github.com/orrery-go/orrery/claims"

// words are the headings, verdicts and totals in a language.
type words struct {
	lang, comma, colon, stop               string
	row, verdict, claim, answers           string
	fact, observe, source, asks, expect    string
	here, machine, definition, unchecked   string
	claimed, unexpected, confirmed, others string
	longer, nothing                        string
	kinds                                  map[claims.Proof]string
	by                                     map[claims.By]string
}

var languages = map[string]words{
	"en": {
		lang: "en", comma: ", ", colon: ": ", stop: ".",
		row: "row", verdict: "verdict", claim: "the claim", answers: "what Go answers",
		fact: "fact", observe: "see it", source: "source", asks: "question", expect: "expected",
		here: "here", machine: "here is %s; a row is a claim of the notes", definition: "a definition: ", nothing: "a definition: there is nothing to check", unchecked: "not checked yet: ",
		claimed: "claimed ", unexpected: " <-- NOT AS EXPECTED", confirmed: "%d of %d checked verdicts confirmed", others: "; %d rows without a check",
		longer: "%d rows whose check takes longer: -slow.",
		kinds:  map[claims.Proof]string{claims.Observable: "observable", claims.Model: "model", claims.Definition: "definition"},
		by:     map[claims.By]string{claims.ByModel: "model", claims.ByRecord: "on record", claims.ByAsking: "asked now", claims.ByThis: "here"},
	},
	"zh": {
		lang: "zh", comma: "，", colon: "：", stop: "。",
		row: "条目", verdict: "结论", claim: "说法", answers: "Go 的回答",
		fact: "事实", observe: "如何验证", source: "出处", asks: "问题", expect: "应为",
		here: "本机", machine: "本机为 %s；每一行是笔记中的一个说法", definition: "定义：", nothing: "这是定义，无可验证", unchecked: "尚未验证：",
		claimed: "笔记称 ", unexpected: " <-- 与预期不符", confirmed: "已验证的 %[2]d 条结论中 %[1]d 条得到确认", others: "；另有 %d 条没有验证",
		longer: "另有 %d 条验证较慢：加 -slow。",
		kinds:  map[claims.Proof]string{claims.Observable: "可观察", claims.Model: "模型", claims.Definition: "定义"},
		by:     map[claims.By]string{claims.ByModel: "模型", claims.ByRecord: "记录", claims.ByAsking: "现在询问", claims.ByThis: "本机"},
	},
}
