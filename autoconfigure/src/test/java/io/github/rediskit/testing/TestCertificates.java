package io.github.rediskit.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A certificate authority and one certificate of it, for {@code localhost} and
 * {@code 127.0.0.1}, good for servers and clients: made by the JDK's {@code keytool}.
 *
 * @param authority the authority's certificate, PEM
 * @param certificate the certificate, PEM
 * @param key its private key, PEM (PKCS#8)
 * @param keyStore all of it, PKCS#12, password {@value #PASSWORD}, alias {@code server}
 * @param trustStore the authority's certificate alone, PKCS#12, same password
 */
public record TestCertificates(Path authority, Path certificate, Path key, Path keyStore, Path trustStore) {

	/** The password of the stores. */
	public static final String PASSWORD = "changeit";

	/** Make them in a directory. */
	public static TestCertificates create(Path directory) {
		try {
			Path keyStore = directory.resolve("keystore.p12");
			keytool(keyStore, "-alias", "ca", "-dname", "CN=Rediskit test authority", "-ext", "bc:c");
			keytool(keyStore, "-alias", "server", "-dname", "CN=localhost", "-signer", "ca", "-ext",
					"san=dns:localhost,ip:127.0.0.1");
			return export(directory, keyStore);
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException("The test's certificates could not be made", ex);
		}
	}

	private static TestCertificates export(Path directory, Path file) throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(file)) {
			store.load(in, PASSWORD.toCharArray());
		}
		KeyStore trust = KeyStore.getInstance("PKCS12");
		trust.load(null, null);
		trust.setCertificateEntry("ca", store.getCertificate("ca"));
		Path trustStore = directory.resolve("truststore.p12");
		try (OutputStream out = Files.newOutputStream(trustStore)) {
			trust.store(out, PASSWORD.toCharArray());
		}
		Key key = store.getKey("server", PASSWORD.toCharArray());
		return new TestCertificates(
				pem(directory.resolve("ca.crt"), "CERTIFICATE", store.getCertificate("ca").getEncoded()),
				pem(directory.resolve("server.crt"), "CERTIFICATE", store.getCertificate("server").getEncoded()),
				pem(directory.resolve("server.key"), "PRIVATE KEY", key.getEncoded()), file, trustStore);
	}

	private static Path pem(Path file, String type, byte[] content) throws IOException {
		String base64 = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content);
		return Files.writeString(file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
	}

	private static void keytool(Path keyStore, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg",
						"EC", "-groupname", "secp256r1", "-validity", "2", "-storetype", "PKCS12", "-keystore",
						keyStore.toString(), "-storepass", PASSWORD));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		try {
			if (process.waitFor() != 0) {
				throw new IOException("keytool: " + output);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

}
