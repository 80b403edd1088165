package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/internal/atomicfile"
)

// Certificate returns a self-signed certificate for localhost, 127.0.0.1, ::1 and the
// given hosts, and the path of its PEM file. It is stored in dir and replaced if it is
// missing, damaged, for other hosts, or expires within a day. Clients that trust it do
// not trust certificates for other names that are signed with its key.
func Certificate(dir string, hosts ...string) (cert tls.Certificate, pemPath string, err error) {
	certPath, keyPath := filepath.Join(dir, certFile), filepath.Join(dir, keyFile)
	cert, err = tls.LoadX509KeyPair(certPath, keyPath)
	names, addresses := certificateNames(hosts)
	if err == nil && time.Until(cert.Leaf.NotAfter) > 24*time.Hour && cert.Leaf.PermittedDNSDomainsCritical &&
		slices.Equal(cert.Leaf.DNSNames, names) && slices.EqualFunc(cert.Leaf.IPAddresses, addresses, net.IP.Equal) {
		return cert, certPath, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return cert, "", err
	}
	if err := createCertificate(certPath, keyPath, names, addresses, time.Now()); err != nil {
		return cert, "", err
	}
	cert, err = tls.LoadX509KeyPair(certPath, keyPath)
	return cert, certPath, err
}

// certificateNames returns the sorted names and the addresses of a certificate.
func certificateNames(hosts []string) (names []string, addresses []net.IP) {
	names, addresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			addresses = append(addresses, ip)
		} else {
			names = append(names, strings.ToLower(host))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), addresses
}

func createCertificate(certPath, keyPath string, names []string, addresses []net.IP, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "td sandbox"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(1, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		DNSNames:              names,
		IPAddresses:           addresses,

		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         names,
	}
	for _, ip := range addresses {
		bits := 8 * net.IPv6len
		if ip.To4() != nil {
			ip, bits = ip.To4(), 8*net.IPv4len
		}
		template.PermittedIPRanges = append(template.PermittedIPRanges, &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)})
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(
		atomicfile.WriteFile(keyPath, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), atomicfile.Options{Private: true}),
		atomicfile.WriteFile(certPath, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), atomicfile.Options{}),
	)
}
