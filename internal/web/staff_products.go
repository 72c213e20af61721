package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/policy"
)

// productRoutes are the pages of the catalogue and its documents.
func (s *Server) productRoutes(m *routes) {
	m.staff("GET /staff/products", s.productsPage)
	m.staff("GET /staff/products/new", s.newProductPage)
	m.staff("POST /staff/products", s.saveProduct)
	m.staff("GET /staff/products/{id}", s.productPage)
	m.staff("POST /staff/products/{id}", s.saveProduct)
	m.staff("POST /staff/products/{id}/documents", s.addDocument)
	m.staff("POST /staff/products/{id}/documents/withdraw", s.withdrawDocument)
	m.staff("GET /staff/documents/{id}", s.staffDocument)
}

// staffProductsData is the catalogue for staff.
type staffProductsData struct {
	Text       string
	Categories []option
	Rows       []productRow
	Next       string
	First      string
	MayWrite   bool
}

// productRow is one product of the list.
type productRow struct {
	care.Product
	Link string
}

func productPath(id string) string { return "/staff/products/" + url.PathEscape(id) }

func (s *Server) productsPage(v *visit) error {
	q := v.r.URL.Query()
	page := staffProductsData{Text: q.Get("q"), MayWrite: desk.May(v.Actor, desk.WriteRegistry)}
	page.Categories = sentenceCase(options(v.L, "categories", policy.Words("categories"), q.Get("category")))
	list, next, err := s.desk.Products(v.r.Context(), v.Actor, page.Text, q.Get("category"), care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	for _, p := range list {
		page.Rows = append(page.Rows, productRow{p, productPath(p.ID)})
	}
	page.Next, page.First = pageLinks("/staff/products", q, next)
	return v.html(http.StatusOK, "staff/products", page)
}

// productData is the page of one product, or the form of a new one.
type productData struct {
	Product    *desk.ProductView // nil = a new one
	Form       url.Values
	Wrong      wrongs
	DocWrong   wrongs
	DocForm    url.Values
	Categories []option
	Issuers    []option
	Langs      []option
	Documents  []documentRow
	MayWrite   bool
	Action     string
}

// MaxFile is how many megabytes a document may have.
func (productData) MaxFile() int { return care.MaxDocument >> 20 }

// documentRow is one document of a product.
type documentRow struct {
	care.Document
	To sentLink
}

func (s *Server) newProductPage(v *visit) error {
	if !desk.May(v.Actor, desk.WriteRegistry) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.WriteRegistry))
	}
	return s.productAgain(v, http.StatusOK, productData{Form: url.Values{}})
}

func (s *Server) productPage(v *visit) error {
	view, err := s.desk.Product(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.productAgain(v, http.StatusOK, productData{Product: &view, Form: productForm(view.Product)})
}

func productForm(p care.Product) url.Values {
	form := url.Values{"sku": {p.SKU}, "category": {p.Category}, "brand": {p.Brand}, "model": {p.Model}, "warranty_issuer": {p.WarrantyIssuer}}
	if p.WarrantyMonths != nil {
		form.Set("warranty_months", strconv.Itoa(*p.WarrantyMonths))
	}
	if p.WeightGrams != 0 {
		form.Set("weight_grams", strconv.Itoa(p.WeightGrams))
	}
	if p.DigitalElements != nil {
		form.Set("digital_elements", strconv.FormatBool(*p.DigitalElements))
	}
	if p.NoLoaner {
		form.Set("no_loaner", "true")
	}
	return form
}

func (s *Server) productAgain(v *visit, status int, page productData) error {
	page.MayWrite, page.Action = desk.May(v.Actor, desk.WriteRegistry), "/staff/products"
	page.Categories = sentenceCase(options(v.L, "categories", policy.Words("categories"), page.Form.Get("category")))
	page.Issuers = sentenceCase(options(v.L, "issuers", policy.Words("issuers"), page.Form.Get("warranty_issuer")))
	if page.DocForm == nil {
		page.DocForm = url.Values{}
	}
	for _, tag := range []string{"ru", "bg", "en"} {
		page.Langs = append(page.Langs, option{Value: tag, Text: v.L.T("language." + tag), Selected: tag == page.DocForm.Get("lang")})
	}
	if page.Product != nil {
		page.Action = productPath(page.Product.ID)
		links := sentLinks(v, page.Product.Documents, func(d care.Document) string { return "/staff/documents/" + url.PathEscape(d.ID) })
		for i, d := range page.Product.Documents {
			page.Documents = append(page.Documents, documentRow{d, links[i]})
		}
	}
	return v.html(status, "staff/product", page)
}

// saveProduct adds a product or changes one.
func (s *Server) saveProduct(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	page := productData{Form: form}
	p, wrong := readProduct(v, form)
	if id := v.r.PathValue("id"); id != "" {
		view, err := s.desk.Product(v.r.Context(), v.Actor, id)
		if err != nil {
			return err
		}
		page.Product, p.ID = &view, view.ID
	}
	if len(wrong) == 0 {
		saved, err := s.desk.SaveProduct(v.r.Context(), v.Actor, p)
		if err == nil {
			v.flash("good", "flash.staff.product_saved")
			return v.redirect(productPath(saved.ID))
		}
		if err := wrong.take(v.L, err); err != nil {
			return err
		}
	}
	page.Wrong = wrong
	return s.productAgain(v, http.StatusUnprocessableEntity, page)
}

func readProduct(v *visit, form url.Values) (care.Product, wrongs) {
	var wrong wrongs
	number := func(field, key string) int {
		text := form.Get(field)
		if text == "" {
			return 0
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			wrong = append(wrong, wrongOf(v, field, key, "value", text))
		}
		return n
	}
	p := care.Product{SKU: form.Get("sku"), Category: form.Get("category"), Brand: form.Get("brand"), Model: form.Get("model"),
		WarrantyIssuer: form.Get("warranty_issuer"), WeightGrams: number("weight_grams", "bad_weight"), DigitalElements: yesNo(form.Get("digital_elements")),
		NoLoaner: form.Get("no_loaner") != ""}
	if form.Get("warranty_months") != "" {
		n := number("warranty_months", "bad_months")
		p.WarrantyMonths = &n
	}
	return p, wrong
}

// addDocument adds a link or a file to a product.
func (s *Server) addDocument(v *visit) error {
	if !desk.May(v.Actor, desk.WriteRegistry) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.WriteRegistry))
	}
	form, name, content, err := v.upload("file")
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	_, err = s.desk.AddDocument(v.r.Context(), v.Actor, id, desk.NewDocument{Title: form.Get("title"), Lang: form.Get("lang"), Link: form.Get("link"), Name: name, Content: content})
	if err == nil {
		v.flash("good", "flash.staff.document_added")
		return v.redirect(productPath(id))
	}
	var wrong wrongs
	if err := wrong.take(v.L, err); err != nil {
		return err
	}
	view, missing := s.desk.Product(v.r.Context(), v.Actor, id)
	if missing != nil {
		return missing
	}
	return s.productAgain(v, httpkit.Status(err), productData{Product: &view, Form: productForm(view.Product), DocForm: form, DocWrong: wrong})
}

func (s *Server) withdrawDocument(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if err := s.desk.WithdrawDocument(v.r.Context(), v.Actor, form.Get("document")); err != nil {
		return err
	}
	v.flash("good", "flash.staff.document_withdrawn")
	return v.redirect(productPath(v.r.PathValue("id")))
}

func (s *Server) staffDocument(v *visit) error {
	doc, err := s.desk.OpenDocument(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.document(doc)
}
