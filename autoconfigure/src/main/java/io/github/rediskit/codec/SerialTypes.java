package io.github.rediskit.codec;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The classes of the JDK that Java's serialization may make: values, collections, what
 * stands for them in a stream, and what exceptions consist of. They are named, since
 * whole packages of the JDK have things in them that act while they are read.
 */
final class SerialTypes {

	private static final Set<String> NAMES = Stream.of("java.lang.",
			"Object Comparable String Number Byte Short Integer Long Float Double Boolean Character Enum "
					+ "Throwable Exception RuntimeException IllegalArgumentException IllegalStateException "
					+ "StackTraceElement String$CaseInsensitiveComparator",
			"java.io.", "Serializable", "java.math.", "BigInteger BigDecimal MathContext RoundingMode", "java.net.",
			"URI", "java.time.",
			"Ser DayOfWeek Month Duration Instant LocalDate LocalTime LocalDateTime OffsetDateTime OffsetTime "
					+ "ZonedDateTime Year YearMonth MonthDay Period ZoneId ZoneOffset ZoneRegion",
			"java.util.",
			"UUID Locale Currency Date TimeZone SimpleTimeZone BitSet AbstractCollection AbstractList AbstractSet "
					+ "AbstractMap AbstractQueue ArrayList LinkedList Vector Stack ArrayDeque HashSet "
					+ "LinkedHashSet TreeSet HashMap LinkedHashMap TreeMap Dictionary Hashtable Map Map$Entry "
					+ "EnumMap EnumSet EnumSet$SerializationProxy RegularEnumSet JumboEnumSet CollSer Arrays$ArrayList "
					+ "ImmutableCollections$List12 ImmutableCollections$ListN ImmutableCollections$Set12 "
					+ "ImmutableCollections$SetN ImmutableCollections$Map1 ImmutableCollections$MapN "
					+ "AbstractMap$SimpleEntry AbstractMap$SimpleImmutableEntry Comparator Collections$ReverseComparator "
					+ "Collections$ReverseComparator2 Collections$EmptyList Collections$EmptySet Collections$EmptyMap "
					+ "Collections$SingletonList Collections$SingletonSet Collections$SingletonMap "
					+ "Collections$UnmodifiableCollection Collections$UnmodifiableList "
					+ "Collections$UnmodifiableRandomAccessList Collections$UnmodifiableSet "
					+ "Collections$UnmodifiableMap Collections$UnmodifiableSortedSet "
					+ "Collections$UnmodifiableSortedMap Collections$SynchronizedCollection "
					+ "Collections$SynchronizedList Collections$SynchronizedRandomAccessList "
					+ "Collections$SynchronizedSet Collections$SynchronizedMap Collections$SetFromMap",
			"java.util.concurrent.",
			"ConcurrentHashMap ConcurrentHashMap$Segment ConcurrentLinkedQueue ConcurrentLinkedDeque "
					+ "ConcurrentSkipListMap ConcurrentSkipListSet CopyOnWriteArrayList CopyOnWriteArraySet TimeUnit",
			"java.util.concurrent.atomic.", "AtomicBoolean AtomicInteger AtomicLong AtomicReference",
			"java.util.concurrent.locks.",
			"ReentrantLock ReentrantLock$Sync ReentrantLock$NonfairSync AbstractQueuedSynchronizer "
					+ "AbstractOwnableSynchronizer",
			"sun.util.calendar.", "ZoneInfo")
		.collect(Collectors.collectingAndThen(Collectors.toList(), SerialTypes::names));

	private SerialTypes() {
	}

	/** A package and the names in it, in turns. */
	private static Set<String> names(List<String> packages) {
		return Stream.iterate(0, (i) -> i < packages.size(), (i) -> i + 2)
			.flatMap((i) -> Stream.of(packages.get(i + 1).split(" ")).map(packages.get(i)::concat))
			.collect(Collectors.toUnmodifiableSet());
	}

	static boolean contain(String name) {
		return NAMES.contains(name);
	}

}
