package history

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/redact"
)

// Masked fields.
const (
	maskedSQL       = "sql"
	maskedResultURL = "result_url"
)

// mask removes secrets from j.
func (j *Job) mask() {
	if safe := redact.Text(j.SQL); safe != j.SQL {
		j.SQL = safe
		j.Masked = append(j.Masked, maskedSQL)
	}
	if safe := redact.Text(j.ResultURL); safe != j.ResultURL {
		j.ResultURL = safe
		j.Masked = append(j.Masked, maskedResultURL)
	}
	j.Name = redact.Text(j.Name)
	j.Params = slices.Clone(j.Params)
	for i, p := range j.Params {
		if safe := maskParam(p); safe != p {
			j.Params[i] = safe
			j.Masked = append(j.Masked, ":"+paramName(p))
		}
	}
}

// maskParam masks the value of a parameter that is a secret by its name or contains one.
func maskParam(p string) string {
	head, value, _ := strings.Cut(p, "=")
	if redact.IsSecretName(paramName(p)) {
		return head + "=" + redact.Mask
	}
	return head + "=" + redact.Text(value)
}

// paramName returns the name of a parameter in the form NAME[:TYPE]=VALUE.
func paramName(p string) string {
	head, _, _ := strings.Cut(p, "=")
	name, _, _ := strings.Cut(head, ":")
	return strings.TrimSpace(name)
}

// HasFullSQL reports whether the SQL of the job is recorded without omissions.
func (j Job) HasFullSQL() bool { return j.SQL != "" && !j.isMasked(maskedSQL) }

// HasFullResultURL reports whether the result URL is recorded without omissions.
func (j Job) HasFullResultURL() bool { return !j.isMasked(maskedResultURL) }

// IsParamMasked reports whether the value of a parameter is not recorded.
func (j Job) IsParamMasked(name string) bool { return j.isMasked(":" + name) }

func (j Job) isMasked(field string) bool { return slices.Contains(j.Masked, field) }
