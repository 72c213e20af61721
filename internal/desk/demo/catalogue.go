package demo

import (
	"context"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// shelf is a product of the demo's catalogue with the title of its manual.
type shelf struct {
	care.Product
	manual, lang string
}

// catalogue puts products with their manuals on the shelves, long before
// anything else happens.
func (s *stage) catalogue(list ...shelf) {
	for i, item := range list {
		s.add(s.end.Add(-310*day).Add(time.Duration(i)*time.Minute), "put on the shelf "+item.SKU, func(ctx context.Context) error {
			p, err := s.desk.SaveProduct(ctx, s.actors[care.Manager], item.Product)
			if err != nil {
				return err
			}
			_, err = s.desk.AddDocument(ctx, s.actors[care.Manager], p.ID, desk.NewDocument{Title: item.manual, Lang: item.lang,
				Name: item.SKU + ".txt", Content: []byte(item.manual + "\n" + item.Brand + " " + item.Model + "\n")})
			return err
		})
	}
}

func product(sku, category, brand, model, issuer string, months, grams int) care.Product {
	return care.Product{SKU: sku, Category: category, Brand: brand, Model: model, WarrantyIssuer: issuer, WarrantyMonths: &months, WeightGrams: grams}
}

func (s *stage) omniCatalogue() {
	s.catalogue(shelf{product("DEMO-NB-01", "laptop", "Lenovo", "ThinkPad E16", "manufacturer", 24, 1800), "Ръководство за потребителя", "bg"},
		shelf{product("DEMO-TV-01", "tv", "Philips", "55PUS8109", "manufacturer", 24, 13900), "Монтаж и първо включване", "bg"})
}

func (s *stage) omskCatalogue() {
	s.catalogue(shelf{product("DEMO-PH-01", "phone", "Honor", "X8b", "manufacturer", 12, 166), "Руководство пользователя", "ru"},
		shelf{product("DEMO-TV-02", "tv", "Hyundai", "H-LED43", "manufacturer", 12, 7600), "Установка и настройка", "ru"})
}

func (s *stage) xiaomiCatalogue() {
	s.catalogue(shelf{product("DEMO-PH-02", "phone", "Xiaomi", "14T Pro", "manufacturer", 12, 209), "Руководство пользователя", "ru"},
		shelf{product("DEMO-TB-01", "tablet", "Xiaomi", "Pad 7", "manufacturer", 12, 500), "Краткое руководство", "ru"})
}
