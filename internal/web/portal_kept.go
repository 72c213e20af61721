package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
)

// A browser never fills in files by itself. So those that came with a form
// that is shown again wait at the desk for an hour, and the form carries their
// tokens in the fields "kept"; "drop" names those that are not to be sent.

// keptFile is a file that waits, as a form shows it.
type keptFile struct {
	Token, Name, Kind, Type, Weight string
	Small                           string // address of its preview, "" where there is none
}

// dropped leaves out the files that the customer took off the form.
func dropped(values url.Values) {
	drop := values["drop"]
	values["kept"] = slices.DeleteFunc(values["kept"], func(token string) bool { return slices.Contains(drop, token) })
	values.Del("drop")
	if len(values["kept"]) == 0 {
		values.Del("kept")
	}
}

// keep has files wait for the form they came with; the list tells which can't,
// and why.
func (s *Server) keep(v *visit, values url.Values, files []desk.NewFile) (refused wrongs, err error) {
	for _, f := range files {
		if len(values["kept"]) >= care.MaxAttachments {
			err := care.Fail(care.Invalid, "too_many_files", "most", strconv.Itoa(care.MaxAttachments)).At("files")
			return refused, refused.take(v.L, err)
		}
		kept, err := s.desk.Keep(v.r.Context(), v.Actor, f)
		if err != nil {
			if err := refused.take(v.L, err); err != nil {
				return nil, err
			}
			continue
		}
		values.Add("kept", kept.Token)
	}
	return refused, nil
}

// withKept are the files that came before, and those that came now.
func (s *Server) withKept(v *visit, values url.Values, files []desk.NewFile) ([]desk.NewFile, error) {
	var out []desk.NewFile
	for _, token := range values["kept"] {
		f, err := s.desk.KeptContent(v.r.Context(), v.Actor, token)
		if care.CodeOf(err) == care.NotFound {
			return nil, care.Fail(care.Invalid, "kept_gone").At("files")
		}
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return append(out, files...), nil
}

// keptFiles are the files that wait for a form. Those that are gone are left
// out of it.
func (s *Server) keptFiles(v *visit, values url.Values) ([]keptFile, error) {
	var out []keptFile
	tokens := values["kept"]
	values.Del("kept")
	for _, token := range tokens[:min(len(tokens), care.MaxAttachments)] {
		f, err := s.desk.Kept(v.r.Context(), v.Actor, token)
		if care.CodeOf(err) == care.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		values.Add("kept", token)
		k := keptFile{Token: token, Name: f.Name, Kind: string(f.Kind), Type: f.Type, Weight: kilobytes(v, f.Size)}
		if len(f.Preview) > 0 {
			k.Small = v.shopHref("/kept/" + url.PathEscape(token))
		}
		out = append(out, k)
	}
	return out, nil
}

// keptPreview shows a picture that waits for its form.
func (s *Server) keptPreview(v *visit) error {
	httpkit.Private(v.w)
	f, err := s.desk.Kept(v.r.Context(), v.Actor, v.r.PathValue("token"))
	if err != nil {
		return err
	}
	if len(f.Preview) == 0 {
		return care.Fail(care.NotFound, "no_attachment")
	}
	h := v.w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Length", strconv.Itoa(len(f.Preview)))
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(f.Preview) // the reader may have gone away
	}
	return nil
}
