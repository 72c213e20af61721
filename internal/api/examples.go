package api

import (
	"encoding/json"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// examples are bodies as programs send them, by operation. A test holds each
// against its schema.
var examples = map[string]string{
	"add-product":       `{"sku": "NB-1", "category": "laptop", "brand": "Lenovo", "model": "ThinkPad X1", "warranty": {"months": 24, "issuer": "manufacturer"}, "weight_grams": 1120}`,
	"change-product":    `{"sku": "NB-1", "category": "laptop", "brand": "Lenovo", "model": "ThinkPad X1 Gen 12", "warranty": {"months": 24, "issuer": "manufacturer"}}`,
	"add-document":      `{"title": "User guide", "lang": "en", "link": "https://docs.example/x1.pdf"}`,
	"book-slot":         `{"start": "2026-03-12T10:00:00+06:00"}`,
	"cancel-slot":       `{"reason": "The consultant is ill"}`,
	"track-book-slot":   `{"start": "2026-03-12T10:00:00+06:00"}`,
	"track-cancel-slot": `{"reason": "I can't come"}`,
	"turn-request":      `{"identity": "PF2ABC77", "documents": ["receipt"]}`,
	"decide": `{
  "pack": "bg-omni",
  "at": "2026-03-10T12:00:00+02:00",
  "request": {"kind": "warranty_service", "basis": ""},
  "unit": {"category": "laptop", "brand": "lenovo", "serial": "PF2ABC"},
  "sale": {"date": "2025-01-31", "delivered": "2025-02-02", "channel": "store", "price": {"amount": "1999.00", "currency": "BGN"}},
  "warranty": {"months": 24, "issuer": "manufacturer"},
  "documents": ["invoice", "warranty_card", "return_request"],
  "diagnosis": {"confirmed": true, "kind": "hardware", "findings": [{"code": "liquid", "part": "mainboard", "cause": "external"}]},
  "services": [{"demanded": "2025-06-01", "accepted": "2025-06-02", "released": "2025-06-20", "kind": "hardware", "outcome": "repaired", "centre": "authorised", "basis": "warranty"}]
}`,
	"submit-request": `{
  "kind": "warranty_service", "channel": "counter", "lang": "bg", "text": "Не се включва",
  "customer": {"name": "Мария Петрова", "phone": "+359 2 900 0001"},
  "device": {"category": "laptop", "brand": "Lenovo", "model": "ThinkPad X1", "serial": "PF2ABC77", "sold_on": "2025-06-02", "warranty": {"months": 24, "issuer": "manufacturer"}},
  "documents": ["receipt", "warranty_card"], "facts": [{"fact": "unit.personal_use", "value": "true"}]
}`,
	"preview-request":      `{"kind": "warranty_service", "identity": "PF2ABC77", "customer": {"name": "Мария Петрова", "phone": "+359 2 900 0001"}}`,
	"book-shipment":        `{"direction": "in", "to": "asus-sofia", "carrier": "Куриер", "weight_grams": 2400}`,
	"cancel-shipment":      `{"reason": "The customer comes in person"}`,
	"withdraw-attachment":  `{"reason": "It shows somebody else's papers"}`,
	"warn-customer":        `{"how": "phone"}`,
	"add-webhook":          `{"url": "https://erp.example/hooks", "types": ["claim.decided", "device.ready"]}`,
	"change-webhook":       `{"types": [], "enabled": true}`,
	"track-choose-contact": `{"channels": ["email"], "off": false}`,
	"see-alerts":           `{"ids": []}`,
	"answer-request":       `{"text": "Сервизът работи от 9 до 18 часа."}`,
	"register-sale": `{
  "category": "laptop", "brand": "Lenovo", "model": "ThinkPad X1", "serial": "PF2ABC78", "shop": "omni-shop-sofia", "date": "2025-06-02",
  "receipt": "0001234", "price": {"amount": "1999.00", "currency": "BGN"}, "card_in_kit": true, "warranty": {"months": 24, "issuer": "manufacturer"},
  "customer": {"name": "Мария Петрова", "phone": "+359 2 900 0001"}
}`,
	"sell-certificate":         `{"price": {"amount": "2990.00", "currency": "RUB"}, "customer": {"name": "Иван Пробный", "phone": "+7 900 000-09-09"}}`,
	"cancel-certificate":       `{"costs": {"amount": "190.00", "currency": "RUB"}, "reason": "Customer's wish"}`,
	"state-certificate-refund": `{"amount": {"amount": "2990.00", "currency": "RUB"}}`,
	"rescind-sale":             `{"on": "2026-11-18", "reason": "Returned within fifteen days"}`,

	"create-user":   `{"email": "elena@mail.example", "name": "Елена Димитрова", "role": "technician", "place": "omni-service", "lang": "bg", "password": "correct horse battery"}`,
	"change-user":   `{"disabled": true}`,
	"create-client": `{"name": "Web shop", "role": "clerk"}`,
	"track-say":     `{"text": "Кога ще е готово?"}`,

	"add-loaner":          `{"category": "laptop", "brand": "Lenovo", "model": "ThinkPad E14", "serial": "LOAN-0001", "condition": "Minor scratches", "place": "omni-shop-sofia"}`,
	"write-off-loaner":    `{"state": "withdrawn", "reason": "The battery no longer holds"}`,
	"demand-loaner":       `{"note": "Needs it for work"}`,
	"lend-loaner":         `{"loaner": "019f0000-0000-7000-8000-000000000002", "condition": "As in the pool"}`,
	"return-loaner":       `{"condition": "As handed out"}`,
	"track-demand-loaner": `{"note": "Трябва ми за работа"}`,
	"withdraw-loaner":     `{"note": "Вече не ми трябва"}`,
	"add-recovery":        `{"claim": "RMA-2026-000017", "kind": "transport", "what": "Courier to the maker's lab", "amount": {"amount": "12.00", "currency": "EUR"}}`,
	"answer-recovery":     `{"agreed": {"amount": "20.00", "currency": "EUR"}, "reason": "Our price list"}`,
	"create-batch":        `{"supplier": "asus-distributor"}`,
	"pay-batch":           `{"reference": "PAY-2026-0077"}`,

	"claim-ask-device":        `{"place": "omni-shop-sofia", "instructions": "Донесете и зарядното."}`,
	"claim-accept":            `{"place": "omni-shop-sofia", "condition": "scratches on the lid", "accessories": ["charger"], "documents": ["receipt", "warranty_card"]}`,
	"claim-forward":           `{"to": "asus-sofia", "carrier": "Еконт", "tracking": "1050001"}`,
	"claim-receive":           `{"place": "asus-sofia"}`,
	"claim-route":             `{"centre": "asus-sofia"}`,
	"claim-assign":            `{"user": "019f0000-0000-7000-8000-000000000001"}`,
	"claim-start-diagnosis":   `{}`,
	"claim-diagnose":          `{"diagnosis": {"confirmed": true, "kind": "hardware", "findings": [], "failed_part": "mainboard"}, "conclusion": "No power rail"}`,
	"claim-record-documents":  `{"documents": ["receipt", "warranty_card"]}`,
	"claim-record-answers":    `{"facts": [{"fact": "remedy.repair_possible", "value": "false"}]}`,
	"claim-acknowledge":       `{"ids": ["data-wipe"]}`,
	"claim-choose-basis":      `{"basis": "statute"}`,
	"claim-ask-customer":      `{"text": "Which do you choose?"}`,
	"claim-choose-remedy":     `{"remedy": "repair"}`,
	"claim-answer-difference": `{"accepted": true}`,
	"claim-offer-estimate":    `{"amount": {"amount": "120.00", "currency": "EUR"}, "work": "New display"}`,
	"claim-answer-estimate":   `{"accepted": false}`,
	"claim-start-repair":      `{}`,
	"claim-await-parts":       `{"parts": ["mainboard"], "expected": "2026-04-01T12:00:00+03:00"}`,
	"claim-parts-arrived":     `{}`,
	"claim-return-to-bench":   `{"reason": "The check before the hand-over found no sound"}`,
	"track-demand-remedy":     `{"remedy": "replacement"}`,
	"claim-demand-remedy":     `{"remedy": "replacement"}`,
	"claim-find-unrepairable": `{"reason": "The part is no longer made"}`,
	"claim-find-impossible":   `{"reason": "The model is no longer made"}`,
	"enter-money":             `{"what": "reimbursement", "debtor": "retailer", "creditor": "customer", "amount": {"amount": "12.00", "currency": "EUR"}, "why": "Courier paid by the customer, receipt 9"}`,
	"pay-money":               `{"reference": "Payment order 17 of 21 November"}`,
	"withdraw-approval":       `{"reason": "The bank account was another"}`,
	"cancel-money":            `{"reason": "Settled otherwise with the customer"}`,
	"claim-finish-repair":     `{"kind": "hardware", "work": "Mainboard replaced", "parts": [{"part": "mainboard", "serial": "MB-2"}]}`,
	"claim-replace":           `{"serial": "PF2ABC99"}`,
	"claim-approve-refund":    `{"amount": {"amount": "1022.07", "currency": "EUR"}}`,
	"claim-withdraw-approval": `{"reason": "The bank account was another"}`,
	"claim-pay-refund":        `{"reference": "PAY-2026-0042"}`,
	"claim-refuse":            `{"text": "The device can be collected any day."}`,
	"claim-mark-ready":        `{"told": "phone"}`,
	"claim-ship":              `{"carrier": "Еконт", "tracking": "1050002"}`,
	"claim-hand-over":         `{"proof": "signature"}`,
	"claim-close":             `{}`,
	"claim-cancel":            `{"reason": "The customer changed their mind"}`,
	"claim-reopen":            `{"reason": "The fault came back"}`,
	"claim-override":          `{"basis": "warranty", "verdict": "covered", "reason": "Goodwill after a long repair"}`,
	"claim-add-note":          `{"text": "Called the customer, no answer"}`,

	"track-choose-basis":      `{"basis": "statute"}`,
	"track-choose-remedy":     `{"remedy": "refund"}`,
	"track-answer-difference": `{"accepted": true}`,
	"track-answer-estimate":   `{"accepted": true}`,
	"track-acknowledge":       `{"ids": ["data-wipe"]}`,
	"claim-change-return":     `{"return": "deliver", "address": "ул. „Проба“ 7", "settlement": "Бургас"}`,
	"track-change-return":     `{"return": "collect"}`,
	"propose-disposal":        `{"how": "sold", "reason": "Not collected after two letters", "proceeds": {"amount": "9000.00", "currency": "RUB"}, "costs": {"amount": "1500.00", "currency": "RUB"}}`,
	"track-cancel":            `{"reason": "I found the receipt of another shop"}`,
}

// sampleProblems are errors as they are answered, by status.
var sampleProblems = map[int]error{
	400: &invalidBody{400, []violation{{key: "bad_json", offset: 14, args: map[string]string{"offset": "14"}}}},
	401: errSignedOut,
	403: care.Fail(care.Forbidden, "forbidden", "action", "claim.override"),
	404: care.Fail(care.NotFound, "no_claim"),
	406: errNotAccepted,
	409: care.Fail(care.Blocked, "choose_remedy_first"),
	412: errMovedOn.with("number", "RMA-2026-000017"),
	413: errBodyTooLarge.with("bytes", "1048576"),
	415: errBodyType,
	422: &invalidBody{422, []violation{{pointer: "/customer/zip", key: "unknown_field", args: map[string]string{"field": "zip"}}}},
	429: errTooMany,
	500: errInternal,
	503: errUnavailable,
}

// giveExamples puts the examples into the document. The decision is made of
// the example's facts, so that it is what would be answered.
func (s *server) giveExamples() {
	for _, item := range s.api.OpenAPI().Paths {
		for _, op := range operationsOf(item) {
			if op.RequestBody != nil && examples[op.OperationID] != "" {
				op.RequestBody.Content["application/json"].Example = json.RawMessage(examples[op.OperationID])
			}
		}
	}
	for status, err := range sampleProblems {
		s.api.OpenAPI().Components.Responses[problemName(status)].Content[problemType].Example = word(s.words.Locale("en"), err, true)
	}
	facts, err := policy.ParseFacts("example", []byte(examples["decide"]))
	if err != nil {
		return // no example is better than none of the API; a test holds that there is one
	}
	if dec, err := s.desk.Decide(*facts, "", "en"); err == nil {
		s.api.OpenAPI().Paths["/decide"].Post.Responses["200"].Content["application/json"].Example = dec
	}
}
