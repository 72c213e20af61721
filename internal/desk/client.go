package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

// NewClient is a program to be let in. The retailer is the actor's.
type NewClient struct {
	Name  string
	Role  care.Role
	Place string // the centre of a partner's program, which needs one
}

// CreateClient lets a program in; the key is shown once. A partner's program
// sees and works only what is routed to its centre (D7).
func (d *Desk) CreateClient(ctx context.Context, actor care.Actor, in NewClient) (client care.Client, key string, err error) {
	if err := may(actor, ManageClients); err != nil {
		return client, "", err
	}
	if err := required(in.Name, "name"); err != nil {
		return client, "", err
	}
	if err := checkRole(in.Role, in.Place); err != nil {
		return client, "", err
	}
	id, err := d.newID()
	if err != nil {
		return client, "", err
	}
	secret, _, err := d.newToken(32)
	if err != nil {
		return client, "", err
	}
	key = "talon_" + secret
	client = care.Client{ID: id, Retailer: actor.Retailer, Name: strings.TrimSpace(in.Name), Role: in.Role, Place: in.Place,
		Hash: HashToken(key), Created: d.now()}
	err = d.store.Tx(ctx, func(tx Tx) error {
		if err := placeExists(ctx, tx, client.Retailer, client.Place); err != nil {
			return err
		}
		if err := tx.PutClient(ctx, client); err != nil {
			return err
		}
		return d.audit(ctx, tx, actor, "client.create", "client", client.ID, "", map[string]string{"role": string(in.Role), "place": in.Place})
	})
	if err != nil {
		return care.Client{}, "", fmt.Errorf("create client: %w", err)
	}
	client.Hash = ""
	return client, key, nil
}

// Clients lists the retailer's programs.
func (d *Desk) Clients(ctx context.Context, actor care.Actor) (list []care.Client, err error) {
	if err := may(actor, ManageClients); err != nil {
		return nil, err
	}
	err = d.store.View(ctx, func(tx Tx) error {
		list, err = tx.Clients(ctx, actor.Retailer)
		return err
	})
	for i := range list {
		list[i].Hash = ""
	}
	return list, err
}

// DisableClient locks a program out.
func (d *Desk) DisableClient(ctx context.Context, actor care.Actor, id string) error {
	if err := may(actor, ManageClients); err != nil {
		return err
	}
	err := d.store.Tx(ctx, func(tx Tx) error {
		list, err := tx.Clients(ctx, actor.Retailer)
		if err != nil {
			return err
		}
		for _, c := range list {
			if c.ID == id {
				c.Disabled = true
				if err := tx.PutClient(ctx, c); err != nil {
					return err
				}
				return d.audit(ctx, tx, actor, "client.disable", "client", id, "", nil)
			}
		}
		return care.Fail(care.NotFound, "no_client")
	})
	if err != nil {
		return fmt.Errorf("disable client: %w", err)
	}
	return nil
}

// AuthenticateKey finds the program that a key belongs to.
func (d *Desk) AuthenticateKey(ctx context.Context, key string) (care.Actor, error) {
	var c care.Client
	err := d.store.View(ctx, func(tx Tx) (err error) {
		c, err = tx.ClientByHash(ctx, HashToken(key))
		return err
	})
	if err == nil && c.Disabled {
		err = care.ErrNotFound
	}
	if err != nil {
		return care.Actor{}, fmt.Errorf("authenticate key: %w", signedOut(err))
	}
	return care.Actor{Kind: care.ProgramActor, ID: c.ID, Name: c.Name, Retailer: c.Retailer, Role: c.Role, Place: c.Place}, nil
}
