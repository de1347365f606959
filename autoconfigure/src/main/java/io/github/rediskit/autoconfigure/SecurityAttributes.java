package io.github.rediskit.autoconfigure;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

import io.github.rediskit.codec.AttributeTypes;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;

import org.springframework.security.core.AuthenticationException;
import org.springframework.security.jackson.SecurityJacksonModule;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.util.ClassUtils;

/**
 * What Spring Security keeps in sessions, as it says itself by its modules for Jackson:
 * how it is written, and which of its classes may be read. Failures of log-ins are read,
 * too. Without Spring Security there is nothing of all that.
 */
final class SecurityAttributes {

	private static final String PACKAGE = "org.springframework.security";

	private SecurityAttributes() {
	}

	/**
	 * The modules for a codec of JSON.
	 * @param loader loads them
	 * @return the modules, none without Spring Security
	 */
	static List<JacksonModule> modules(ClassLoader loader) {
		return isPresent(loader) ? Modules.of(loader) : List.of();
	}

	/**
	 * Types with those of Spring Security that its modules write.
	 * @param types the application's types
	 * @param loader loads the modules
	 * @return the types
	 */
	static AttributeTypes json(AttributeTypes types, ClassLoader loader) {
		return isPresent(loader) ? types.alsoWithin(PACKAGE, Modules.known(loader)::allows) : types;
	}

	/**
	 * Types with those of Spring Security that are serializable.
	 * @param types the application's types
	 * @param loader tells whether there are any
	 * @return the types
	 */
	static AttributeTypes jdk(AttributeTypes types, ClassLoader loader) {
		return isPresent(loader) ? types.alsoWithin(PACKAGE, Serializable.class::isAssignableFrom) : types;
	}

	private static boolean isPresent(ClassLoader loader) {
		return ClassUtils.isPresent("org.springframework.security.jackson.SecurityJacksonModules", loader);
	}

	/** Loaded only where Spring Security is. */
	private static final class Modules {

		/** Without the last, which would make Jackson follow names of classes. */
		static List<JacksonModule> of(ClassLoader loader) {
			return SecurityJacksonModules.getModules(loader)
				.stream()
				.filter(SecurityJacksonModule.class::isInstance)
				.toList();
		}

		static Known known(ClassLoader loader) {
			BasicPolymorphicTypeValidator.Builder builder = BasicPolymorphicTypeValidator.builder();
			of(loader).forEach((module) -> ((SecurityJacksonModule) module).configurePolymorphicTypeValidator(builder));
			return new Known(builder.build(), JsonMapper.shared());
		}

	}

	/** Asks what the modules say of a class. */
	private record Known(PolymorphicTypeValidator validator, JsonMapper mapper) {

		boolean allows(Class<?> type) {
			if (AuthenticationException.class.isAssignableFrom(type)) {
				return true;
			}
			try {
				JavaType base = this.mapper.constructType(Object.class);
				var context = this.mapper._deserializationContext();
				return isAllowed(this.validator.validateSubClassName(context, base, type.getName()))
						|| isAllowed(this.validator.validateSubType(context, base, this.mapper.constructType(type)));
			}
			catch (JacksonException ex) {
				return false;
			}
		}

		private static boolean isAllowed(PolymorphicTypeValidator.Validity validity) {
			return Objects.equals(validity, PolymorphicTypeValidator.Validity.ALLOWED);
		}

	}

}
