package demo

import (
	"fmt"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// past is what a retailer's everyday claims of the last two years are made of:
// most were repaired, some had no fault, some were the customer's own damage.
type past struct {
	goods  []thing // without numbers and ages
	people []person
	places []string // centres, in turn
	fault  []fault
}

// fault is what customers complain of and what the bench makes of it.
type fault struct {
	complaint string
	found     policy.DiagnosisFacts
	work      string // "" where there was nothing to repair
	refused   string // why it was refused, "" where it was not
}

// everyday adds the closed claims of two years: enough for lists, reports and
// turnaround times to say something.
func (s *stage) everyday(prefix string, first int, p past) {
	const claims, every = 43, 16.5 // days between two
	for i := range claims {
		ago := 20 + every*float64(i)
		t, f := p.goods[i%len(p.goods)], p.fault[i%len(p.fault)]
		t.serial, t.age = fmt.Sprintf("%sPAST%03d", prefix, i+1), int(ago)+25+(i*37)%280
		if t.category == "phone" {
			t.imei = imei(first + i)
		}
		place := p.places[i%len(p.places)]
		l := s.life(ago, t, p.people[(i*5+i/7)%len(p.people)], ask{papers: s.papers, text: f.complaint}).
			intake(0.3+float64(i%3)*0.4, place, "").diagnose(0.7, f.found, "")
		switch {
		case f.refused != "":
			l.by(l.worker(), 0.5, care.Refuse{Text: f.refused}).ready(0.3).home(2)
		case f.work == "":
			l.ready(0.4).home(1)
		default:
			l.repair(0.5, 1+float64((i*3)%8), f.found.Kind, f.work).ready(0.1).home(1 + float64(i%4))
		}
	}
}

func omniPast() past {
	return past{
		goods: []thing{
			{category: "laptop", brand: "Dell", model: "Vostro 3530", price: "1249.00", months: 24, issuer: "retailer"},
			{category: "phone", brand: "Samsung", model: "Galaxy A35", price: "649.00", months: 24, issuer: "retailer"},
			{category: "printer", brand: "Brother", model: "HL-1222", price: "259.00", months: 24, issuer: "retailer"},
			{category: "monitor", brand: "AOC", model: "24B2", price: "229.00", months: 36, issuer: "retailer"},
			{category: "tablet", brand: "Lenovo", model: "Tab M10", price: "359.00", months: 24, issuer: "retailer"},
		},
		people: []person{elena, radka, plamen, gergana, kiril, violeta, dimo, nevena},
		places: []string{"omni-service"},
		fault: []fault{
			{complaint: "Не се включва.", found: hardware("mainboard", "no-power"), work: "Сменена е основната платка."},
			{complaint: "Батерията пада за час.", found: hardware("battery", "drain", found("wear", "battery", "material")), work: "Сменена е батерията."},
			{complaint: "Изключва се сам.", found: sound()},
			{complaint: "Ивици на екрана.", found: hardware("display", "stripes"), work: "Сменен е дисплеят."},
			{complaint: "Драйверът не се инсталира.", found: software("driver"), work: "Преинсталиран е софтуерът."},
			{complaint: "Не зарежда.", found: hardware("port", "no-charge"), work: "Сменен е портът за зареждане."},
		},
	}
}

func omskPast() past {
	return past{
		goods: []thing{
			{category: "phone", brand: "Samsung", model: "Galaxy A25", price: "22990.00", months: 12, issuer: "manufacturer"},
			{category: "laptop", brand: "Acer", model: "Aspire 3", price: "45990.00", months: 12, issuer: "manufacturer"},
			{category: "tv", brand: "Haier", model: "43 S3", price: "27990.00", months: 12, issuer: "manufacturer"},
			{category: "tablet", brand: "Huawei", model: "MatePad SE", price: "15990.00", months: 12, issuer: "manufacturer"},
			{category: "phone", brand: "Realme", model: "C67", price: "14990.00", months: 12, issuer: "manufacturer"},
		},
		people: []person{anton, marina, ruslan, oksana, egor, galina, timur},
		places: []string{"omsk-service"},
		fault: []fault{
			{complaint: "Не включается.", found: hardware("mainboard", "no-power"), work: "Заменена системная плата."},
			{complaint: "Быстро разряжается.", found: hardware("battery", "drain", found("wear", "battery", "material")), work: "Заменён аккумулятор."},
			{complaint: "Иногда зависает.", found: sound()},
			{complaint: "Полосы на экране.", found: hardware("display", "stripes"), work: "Заменён дисплейный модуль."},
			{complaint: "Не обновляется.", found: software("update"), work: "Переустановлено системное ПО."},
			{complaint: "Не заряжается.", found: hardware("port", "no-charge"), work: "Заменён разъём зарядки."},
		},
	}
}

func xiaomiPast() past {
	return past{
		goods: []thing{
			{category: "phone", brand: "Redmi", model: "12", price: "13990.00", months: 12, issuer: "manufacturer"},
			{category: "phone", brand: "Poco", model: "C65", price: "11990.00", months: 12, issuer: "manufacturer"},
			{category: "tablet", brand: "Redmi", model: "Pad SE", price: "17990.00", months: 12, issuer: "manufacturer"},
			{category: "phone", brand: "Xiaomi", model: "13 Lite", price: "32990.00", months: 12, issuer: "manufacturer"},
		},
		people: []person{darya, artem, yana, gleb, inna, fedor, larisa},
		places: []string{moscow, petersburg, moscow},
		fault: []fault{
			{complaint: "Не включается.", found: hardware("mainboard", "no-power"), work: "Заменена плата."},
			{complaint: "Не держит заряд.", found: hardware("battery", "drain", found("wear", "battery", "material")), work: "Заменён аккумулятор."},
			{complaint: "Упал в воду.", found: hardware("mainboard", "corrosion", found("liquid", "mainboard", "external")), refused: "Внутри следы жидкости."},
			{complaint: "Тихий динамик.", found: sound()},
			{complaint: "Полосы на экране.", found: hardware("display", "stripes"), work: "Заменён дисплей."},
			{complaint: "Не обновляется.", found: software("update"), work: "Переустановлено системное ПО."},
		},
	}
}
