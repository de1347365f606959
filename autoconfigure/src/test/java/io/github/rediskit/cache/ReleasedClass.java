package io.github.rediskit.cache;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The class of one release of an application: another release has one of the same name.
 */
final class ReleasedClass extends ClassLoader {

	private static final String NAME = "shop.Product";

	private final Map<String, ByteArrayOutputStream> compiled = new HashMap<>();

	private final Class<?> type;

	ReleasedClass(String declaration) throws Exception {
		super(ReleasedClass.class.getClassLoader());
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		JavaFileManager files = new ForwardingJavaFileManager<JavaFileManager>(
				compiler.getStandardFileManager(null, null, null)) {

			@Override
			public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind,
					FileObject sibling) {
				return new SimpleJavaFileObject(URI.create("memory:///" + name.hashCode()), kind) {

					@Override
					public OutputStream openOutputStream() {
						return ReleasedClass.this.compiled.computeIfAbsent(name, (key) -> new ByteArrayOutputStream());
					}

				};
			}

		};
		JavaFileObject source = new SimpleJavaFileObject(URI.create("memory:///shop/Product.java"),
				JavaFileObject.Kind.SOURCE) {

			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return "package shop; import java.util.*; public " + declaration;
			}

		};
		if (!compiler.getTask(null, files, null, null, null, List.of(source)).call()) {
			throw new IllegalArgumentException(declaration);
		}
		this.type = loadClass(NAME);
	}

	@Override
	protected Class<?> findClass(String name) throws ClassNotFoundException {
		ByteArrayOutputStream bytes = this.compiled.get(name);
		if (bytes == null) {
			throw new ClassNotFoundException(name);
		}
		return defineClass(name, bytes.toByteArray(), 0, bytes.size());
	}

	Class<?> type() {
		return this.type;
	}

	Object create(Object... arguments) throws Exception {
		return this.type.getDeclaredConstructors()[0].newInstance(arguments);
	}

}
