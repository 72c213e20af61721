package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// SentMessage is a message to a customer or to a program.
type SentMessage struct {
	ID        string    `json:"id" doc:"id"`
	Occasions []string  `json:"occasions" vocab:"occasions" doc:"what it tells of, the weightiest first"`
	Channel   string    `json:"channel" vocab:"message_channels" doc:"the way it takes"`
	To        string    `json:"to" doc:"address, number or chat; of a webhook its id" example:"maria@mail.example"`
	Lang      string    `json:"lang,omitempty" vocab:"languages" doc:"its language"`
	Claim     string    `json:"claim,omitempty" doc:"id of the claim; absent where a request waits that is no claim"`
	Request   string    `json:"request,omitempty" doc:"id of the request"`
	Number    string    `json:"number,omitempty" doc:"of the claim or the request" example:"RMA-2026-000017"`
	State     string    `json:"state" vocab:"message_states" doc:"what became of it"`
	Attempts  int       `json:"attempts" doc:"since it was queued"`
	Retry     time.Time `json:"retry_at,omitzero" doc:"when it is tried again"`
	Error     string    `json:"error,omitempty" doc:"of the latest attempt that failed, in the next hop's words; for administrators"`
	Reason    string    `json:"reason,omitempty" vocab:"message_reasons" doc:"why the latest attempt failed"`
	Created   time.Time `json:"created_at" doc:"when it was queued"`
	Ended     time.Time `json:"ended_at,omitzero" doc:"when it was sent, given up, dropped or withdrawn"`
	Provider  string    `json:"provider_id,omitempty" doc:"the next hop's id of it"`
	Subject   string    `json:"subject,omitempty" doc:"as it was sent"`
	Text      string    `json:"text,omitempty" doc:"as it was sent, the customer's secret link left out"`
}

func sentOf(zone *time.Location) func(care.Notice) SentMessage {
	return func(n care.Notice) SentMessage {
		return SentMessage{ID: n.ID, Occasions: append([]string{string(n.Occasion)}, texts(n.Facts.Also)...), Channel: string(n.Channel), To: n.To, Lang: n.Lang,
			Claim: n.Claim, Request: n.Request, Number: n.Number, State: string(n.State), Attempts: n.Attempts, Retry: in(n.Retry, zone), Error: n.Error, Reason: string(n.Reason),
			Created: in(n.Created, zone), Ended: in(n.Ended, zone), Provider: n.Provider, Subject: n.Subject, Text: n.Text}
	}
}

type messagesIn struct {
	Claim  string   `query:"claim" maxLength:"100" doc:"only about this claim, by id or number"`
	States []string `query:"state" vocab:"message_states" doc:"only in these states, joined by commas"`
	PageQuery
}

type messageIn struct {
	Message string `path:"message" maxLength:"100" doc:"id of the message"`
}

type messageOut struct{ Body SentMessage }

// ContactChoice is how a customer is told, and could be.
type ContactChoice struct {
	Known    map[string]string `json:"known" doc:"addresses by channel, part of each left out"`
	Used     []string          `json:"used" vocab:"people_channels" doc:"channels that messages go out on"`
	Off      bool              `json:"off" doc:"only what the customer's rights depend on is sent"`
	Telegram string            `json:"telegram,omitempty" doc:"number of the chat"`
}

// ChooseContact says how a customer wants to be told.
type ChooseContact struct {
	Channels []string `json:"channels,omitempty" vocab:"people_channels" doc:"empty = the usual way: e-mail, or else SMS"`
	Telegram string   `json:"telegram,omitempty" maxLength:"33" doc:"number of the chat with the retailer's bot" example:"123456789"`
	Off      bool     `json:"off,omitempty" doc:"send only what the customer's rights depend on"`
}

type (
	contactIn struct {
		TokenPath
		Body ChooseContact
	}
	contactOut struct{ Body ContactChoice }
)

func (s *server) noticeOperations() {
	tag := []string{"Messages"}
	register(s, huma.Operation{OperationID: "list-messages", Method: http.MethodGet, Path: "/messages", Tags: tag, Security: byKey(),
		Summary: "List messages to customers, newest first", Description: "Administrators see those to programs too."},
		func(ctx context.Context, who caller, in *messagesIn) (*pageOut[SentMessage], error) {
			f := care.NoticeFilter{Claim: in.Claim, States: each(in.States, func(x string) care.NoticeState { return care.NoticeState(x) })}
			items, next, err := s.desk.Messages(ctx, who.actor, f, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, sentOf(who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "send-message-again", Method: http.MethodPost, Path: "/messages/{message}/again", Tags: tag, Security: byKey(),
		Summary: "Send a message that did not arrive once more", Description: "It goes to the address that is known now."},
		func(ctx context.Context, who caller, in *messageIn) (*messageOut, error) {
			n, err := s.desk.SendAgain(ctx, who.actor, in.Message)
			return &messageOut{Body: sentOf(who.zone)(n)}, err
		})
	register(s, huma.Operation{OperationID: "track-contact", Method: http.MethodGet, Path: "/track/{token}/contact", Tags: []string{"Tracking"},
		Summary: "Show how the customer is told"},
		func(ctx context.Context, _ caller, in *TokenPath) (*contactOut, error) {
			return s.contact(ctx, in.Token)
		})
	register(s, huma.Operation{OperationID: "track-choose-contact", Method: http.MethodPost, Path: "/track/{token}/contact", Tags: []string{"Tracking"},
		Summary: "Say how the customer wants to be told", Description: "Decisions, questions to the customer and missed terms are told in any case."},
		func(ctx context.Context, _ caller, in *contactIn) (*contactOut, error) {
			wish := care.ContactWish{Off: in.Body.Off, Telegram: in.Body.Telegram,
				Channels: each(in.Body.Channels, func(x string) care.MessageChannel { return care.MessageChannel(x) })}
			if err := s.desk.SetTrackedContact(ctx, in.Token, wish); err != nil {
				return nil, err
			}
			return s.contact(ctx, in.Token)
		})
}

func (s *server) contact(ctx context.Context, token string) (*contactOut, error) {
	got, err := s.desk.TrackedContact(ctx, token)
	if err != nil {
		return nil, err
	}
	return &contactOut{Body: contactOf(got)}, nil
}

func contactOf(got desk.TrackedContact) ContactChoice {
	out := ContactChoice{Known: map[string]string{}, Used: []string{}, Off: got.Wish.Off, Telegram: got.Wish.Telegram}
	for _, c := range care.MessageChannels() {
		if to, ok := got.Known[c]; ok {
			out.Known[string(c)] = to
		}
		if _, ok := got.Ways[c]; ok {
			out.Used = append(out.Used, string(c))
		}
	}
	return out
}
