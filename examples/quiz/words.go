package main

// words are the texts that are printed around questions.
type words struct {
	right, no, score       string // after an answer, and at the end
	claim, fact, see, asks string // of a question of the ledger
}

var languages = map[string]words{
	"en": {
		right: "Right. ", no: "No. ", score: "%d of %d right.\n",
		claim: "The notes say: %s (%s)", fact: "In fact: %s", see: "See it: go run ./examples/verify %s", asks: "Row %s. Today's Go: %s?",
	},
	"zh": {
		right: "对。", no: "不对。", score: "%[2]d 题答对 %[1]d 题。\n",
		claim: "笔记说：%s（%s）", fact: "实际上：%s", see: "亲自验证：go run ./examples/verify -lang zh %s", asks: "条目 %s。今天的 Go：%s？",
	},
}
