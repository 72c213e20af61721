package demo

import (
	"context"
	"fmt"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// about asks something that is no claim about a device that was sold.
func (s *stage) about(ago float64, t thing, who person, in ask) *life {
	if !s.known[t.identity()] {
		s.known[t.identity()] = true
		s.sell(t, who)
	}
	l := &life{stage: s, unit: t, who: who, receipt: &desk.Receipt{}, at: s.office(s.end.Add(-days(ago)))}
	l.submit(in)
	return l
}

// sends answers with the papers that the catalogue has of the product.
func (l *life) sends(role care.Role, after float64, product, text string) *life {
	return l.then(after, string(role)+" sends papers of "+product, func(ctx context.Context) error {
		list, err := l.desk.DocumentsFor(ctx, l.actors[role], l.receipt.Request.ID, product)
		if err != nil {
			return err
		}
		var ids []string
		for _, p := range list {
			for _, d := range p.Documents {
				ids = append(ids, d.ID)
			}
		}
		if len(ids) == 0 {
			return fmt.Errorf("the catalogue has no papers of %s", product)
		}
		return l.desk.AnswerWith(ctx, l.actors[role], l.receipt.Request.ID, text, ids)
	})
}

// turned makes a claim of the request, so that the steps of a claim can follow.
func (l *life) turned(role care.Role, after float64, in desk.TurnIn) *life {
	in.Accepted = l.accepted
	return l.then(after, string(role)+" makes a claim of it", func(ctx context.Context) error {
		c, err := l.desk.TurnIntoClaim(ctx, l.actors[role], l.receipt.Request.ID, in)
		if err != nil {
			return err
		}
		l.receipt.Claim = &c
		l.guide.Requests--
		l.guide.Claims++
		return nil
	})
}

// calledOff gives the booked time of a video consultation back.
func (l *life) calledOff(role care.Role, after float64, reason string) *life {
	return l.then(after, "call the consultation off", func(ctx context.Context) error {
		return l.desk.CancelSlot(ctx, l.actors[role], l.receipt.Request.ID, reason)
	})
}
