package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

type usersOut struct {
	Body struct {
		Items []User `json:"items" doc:"the staff"`
	} `nameHint:"Users"`
}

type newUserIn struct{ Body NewUser }

type userOut struct{ Body User }

type changeUserIn struct {
	User string `path:"user" maxLength:"100" doc:"id of the user"`
	Body UserChange
}

type clientsOut struct {
	Body struct {
		Items []Client `json:"items" doc:"the programs"`
	} `nameHint:"Clients"`
}

type newClientIn struct{ Body NewClient }

type clientKeyOut struct{ Body ClientKey }

type clientIn struct {
	Client string `path:"client" maxLength:"100" doc:"id of the program"`
}

type meOut struct{ Body Me }

type auditsIn struct {
	Object   string `query:"object" maxLength:"50" doc:"only on this kind of thing"`
	ObjectID string `query:"object_id" maxLength:"100" doc:"only on this one"`
	Actor    string `query:"actor" maxLength:"100" doc:"only by this user or program"`
	Action   string `query:"action" maxLength:"100" doc:"only this use case"`
	PageQuery
}

func (s *server) peopleOperations() {
	tag := []string{"Administration"}
	register(s, huma.Operation{OperationID: "whoami", Method: http.MethodGet, Path: "/me", Tags: tag, Security: byKey(),
		Summary: "Tell whose key this is and what it may do"}, s.me)
	register(s, huma.Operation{OperationID: "list-users", Method: http.MethodGet, Path: "/users", Tags: tag, Security: byKey(), Summary: "List the staff"},
		func(ctx context.Context, who caller, _ *struct{}) (*usersOut, error) {
			items, err := s.desk.Users(ctx, who.actor)
			out := &usersOut{}
			out.Body.Items = each(items, userOf(who.zone))
			return out, err
		})
	register(s, huma.Operation{OperationID: "create-user", Method: http.MethodPost, Path: "/users", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Add a member of staff"},
		func(ctx context.Context, who caller, in *newUserIn) (*userOut, error) {
			b := in.Body
			u, err := s.desk.CreateUser(ctx, who.actor, desk.NewUser{Email: b.Email, Name: b.Name, Role: care.Role(b.Role), Place: b.Place, Lang: b.Lang, Password: b.Password})
			return &userOut{Body: userOf(who.zone)(u)}, err
		})
	register(s, huma.Operation{OperationID: "change-user", Method: http.MethodPatch, Path: "/users/{user}", Tags: tag, Security: byKey(),
		Summary: "Change a member of staff", Description: "Another password, role or place, or locking out, ends the user's sessions."},
		func(ctx context.Context, who caller, in *changeUserIn) (*userOut, error) {
			b := in.Body
			u, err := s.desk.UpdateUser(ctx, who.actor, in.User, desk.UserChange{Name: b.Name, Role: mapped(b.Role, func(r string) care.Role { return care.Role(r) }),
				Place: b.Place, Lang: b.Lang, Password: b.Password, Disabled: b.Disabled})
			return &userOut{Body: userOf(who.zone)(u)}, err
		})
	register(s, huma.Operation{OperationID: "list-audits", Method: http.MethodGet, Path: "/audits", Tags: tag, Security: byKey(),
		Summary: "List the audit log, newest first"},
		func(ctx context.Context, who caller, in *auditsIn) (*pageOut[Audit], error) {
			items, next, err := s.desk.Audits(ctx, who.actor, care.AuditFilter{Object: in.Object, ObjectID: in.ObjectID, Actor: in.Actor, Action: in.Action}, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, auditOf(who.zone)), nil
		})
}

func (s *server) programOperations() {
	tag := []string{"Administration"}
	register(s, huma.Operation{OperationID: "list-clients", Method: http.MethodGet, Path: "/clients", Tags: tag, Security: byKey(), Summary: "List the programs that may call"},
		func(ctx context.Context, who caller, _ *struct{}) (*clientsOut, error) {
			items, err := s.desk.Clients(ctx, who.actor)
			out := &clientsOut{}
			out.Body.Items = each(items, clientOf(who.zone))
			return out, err
		})
	register(s, huma.Operation{OperationID: "create-client", Method: http.MethodPost, Path: "/clients", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Let a program in; its key is told once",
		Description: "A partner's program belongs to a centre: it sees and works only the claims that are routed there; any other is not found."},
		func(ctx context.Context, who caller, in *newClientIn) (*clientKeyOut, error) {
			c, key, err := s.desk.CreateClient(ctx, who.actor, desk.NewClient{Name: in.Body.Name, Role: care.Role(in.Body.Role), Place: in.Body.Place})
			return &clientKeyOut{Body: ClientKey{Client: clientOf(who.zone)(c), Key: key}}, err
		})
	register(s, huma.Operation{OperationID: "disable-client", Method: http.MethodPost, Path: "/clients/{client}/disable", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusNoContent, Summary: "Lock a program out"},
		func(ctx context.Context, who caller, in *clientIn) (*struct{}, error) {
			return nil, s.desk.DisableClient(ctx, who.actor, in.Client)
		})
}

func (s *server) me(ctx context.Context, who caller, _ *struct{}) (*meOut, error) {
	r, err := s.desk.Retailer(ctx, who.actor.Retailer)
	if err != nil {
		return nil, err
	}
	out := &meOut{Body: Me{Name: who.actor.Name, Retailer: retailerOf(r), Role: string(who.actor.Role), May: []string{}}}
	for _, a := range desk.Actions() {
		if desk.May(who.actor, a) {
			out.Body.May = append(out.Body.May, string(a))
		}
	}
	return out, nil
}
