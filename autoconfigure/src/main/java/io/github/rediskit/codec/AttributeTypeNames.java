package io.github.rediskit.codec;

import java.lang.reflect.Array;
import java.nio.charset.Charset;
import java.time.ZoneId;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.jsontype.impl.TypeIdResolverBase;
import tools.jackson.databind.type.TypeFactory;

/**
 * Classes as names in bytes, and back. The name is judged before a class is loaded, and
 * the class before it is used. Nothing in a name is interpreted by Jackson, whose names
 * may have type arguments that nobody judges.
 */
final class AttributeTypeNames extends TypeIdResolverBase {

	private static final long serialVersionUID = 1L;

	/** The JDK makes values of these of classes that it does not name. */
	private static final List<Class<?>> OPEN_VALUES = List.of(ZoneId.class, TimeZone.class, Charset.class);

	private static final String ENUM_MAP = "java.util.EnumMap<";

	private static final String ENUM_SET = "java.util.EnumSet<";

	private static final int MAX_DIMENSIONS = 8;

	private final transient AttributeTypes types;

	AttributeTypeNames(AttributeTypes types, JavaType base) {
		super(base);
		this.types = types;
	}

	@Override
	public String idFromValue(DatabindContext context, Object value) {
		if (value instanceof EnumMap<?, ?> map) {
			return ENUM_MAP + nameOfEnum(map.isEmpty() ? null : map.keySet().iterator().next()) + ">";
		}
		if (value instanceof EnumSet<?> set) {
			EnumSet<?> constants = set.isEmpty() ? EnumSet.complementOf(set) : set;
			return ENUM_SET + nameOfEnum(constants.isEmpty() ? null : constants.iterator().next()) + ">";
		}
		if (value instanceof Collection<?> || value instanceof Map<?, ?>) {
			String name = PlatformCollections.nameOf(value);
			if (name != null) {
				return name;
			}
			TypeRefusals.refuseIfMoreThanElements(value.getClass(), TypeShape.fields(value.getClass()));
		}
		return nameOf((value instanceof Enum<?> constant) ? constant.getDeclaringClass() : value.getClass());
	}

	@Override
	public String idFromValueAndType(DatabindContext context, @Nullable Object value, Class<?> type) {
		return (value != null) ? idFromValue(context, value) : nameOf(type);
	}

	private String nameOfEnum(@Nullable Object constant) {
		if (!(constant instanceof Enum<?> known)) {
			throw new CodecException("An empty EnumMap does not say what its keys are: use another kind of map", null);
		}
		return nameOf(known.getDeclaringClass());
	}

	private String nameOf(Class<?> type) {
		Class<?> element = type;
		while (element.isArray()) {
			element = element.getComponentType();
		}
		for (Class<?> open : OPEN_VALUES) {
			if (open.isAssignableFrom(element)) {
				return open.getName();
			}
		}
		if (isPlatformValue(element) || (type.isArray() && element == Object.class) || this.types.allow(element)) {
			return type.getName();
		}
		throw ForbiddenTypeException.notAllowed(type.getTypeName());
	}

	@Override
	public JavaType typeFromId(DatabindContext context, String name) {
		JavaType type = resolve(context.getTypeFactory(), name);
		if (!type.isTypeOrSubTypeOf(this._baseType.getRawClass())) {
			throw new CodecException("A %s stands where a %s should".formatted(ForbiddenTypeException.printable(name),
					this._baseType.getRawClass().getName()), null);
		}
		return type;
	}

	private JavaType resolve(TypeFactory factory, String name) {
		if (name.startsWith(ENUM_MAP) && name.endsWith(">")) {
			JavaType keys = factory.constructType(findEnum(name.substring(ENUM_MAP.length(), name.length() - 1)));
			JavaType values = this._baseType.isMapLikeType() ? this._baseType.getContentType()
					: TypeFactory.unknownType();
			return factory.constructMapType(EnumMap.class, keys, values);
		}
		if (name.startsWith(ENUM_SET) && name.endsWith(">")) {
			JavaType element = factory.constructType(findEnum(name.substring(ENUM_SET.length(), name.length() - 1)));
			return factory.constructCollectionType(EnumSet.class, element);
		}
		Class<?> type = find(name);
		boolean fits = this._baseType.getRawClass().isAssignableFrom(type);
		return fits ? factory.constructSpecializedType(this._baseType, type) : factory.constructType(type);
	}

	private Class<?> findEnum(String name) {
		Class<?> type = find(name);
		if (!type.isEnum()) {
			throw new CodecException("Not an enum: " + ForbiddenTypeException.printable(name), null);
		}
		return type;
	}

	private Class<?> find(String name) {
		Class<?> collection = PlatformCollections.find(name);
		if (collection != null) {
			return collection;
		}
		if (name.startsWith("[")) {
			return findArray(name);
		}
		Class<?> value = findPlatformValue(name);
		Class<?> type = (value != null) ? value : this.types.find(name);
		if (type == null) {
			throw ForbiddenTypeException.notAllowed(ForbiddenTypeException.printable(name));
		}
		return type;
	}

	private Class<?> findArray(String name) {
		int dimensions = name.lastIndexOf('[') + 1;
		String element = name.substring(dimensions);
		if (dimensions > MAX_DIMENSIONS) {
			throw ForbiddenTypeException.notAllowed("array of more than %d dimensions".formatted(MAX_DIMENSIONS));
		}
		Class<?> type = (element.length() == 1) ? primitive(element.charAt(0)) : null;
		if (element.startsWith("L") && element.endsWith(";")) {
			String elementName = element.substring(1, element.length() - 1);
			type = elementName.equals("java.lang.Object") ? Object.class : find(elementName);
		}
		if (type == null) {
			throw ForbiddenTypeException.notAllowed(ForbiddenTypeException.printable(name));
		}
		return Array.newInstance(type, new int[dimensions]).getClass();
	}

	private static @Nullable Class<?> primitive(char letter) {
		return switch (letter) {
			case 'Z' -> boolean.class;
			case 'B' -> byte.class;
			case 'C' -> char.class;
			case 'S' -> short.class;
			case 'I' -> int.class;
			case 'J' -> long.class;
			case 'F' -> float.class;
			case 'D' -> double.class;
			default -> null;
		};
	}

	private static boolean isPlatformValue(Class<?> type) {
		return type.isPrimitive() || findPlatformValue(type.getName()) != null;
	}

	private static @Nullable Class<?> findPlatformValue(String name) {
		return PlatformTypes.findValue(name);
	}

	@Override
	public JsonTypeInfo.Id getMechanism() {
		return JsonTypeInfo.Id.CUSTOM;
	}

}
