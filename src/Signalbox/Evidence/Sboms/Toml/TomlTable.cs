namespace Signalbox.Evidence.Sboms.Toml;

/// <summary>A TOML table. Values are a <see cref="string"/> (also for numbers, dates and booleans, as written), a list of values, or a table.</summary>
internal sealed class TomlTable
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>Whether it was written by a header or as a value of its own, and may not be written again.</summary>
    internal bool IsDefined { get; set; }

    public IEnumerable<KeyValuePair<string, object>> Entries => _values;

    public bool IsEmpty => _values.Count == 0;

    public string? Text(string key) => Value(key) as string is { Length: > 0 } text ? text : null;

    public bool IsTrue(string key) => Text(key) == "true";

    public TomlTable? Table(string key) => Value(key) as TomlTable;

    public TomlTable? Table(string key, string next) => Table(key)?.Table(next);

    /// <summary>The values of a list; none where there is no list.</summary>
    public IReadOnlyList<object> List(string key) => Value(key) as List<object> ?? [];

    public IEnumerable<TomlTable> Tables(string key) => List(key).OfType<TomlTable>();

    public IEnumerable<string> Texts(string key) => List(key).OfType<string>();

    internal object? Value(string key) => _values.GetValueOrDefault(key);

    internal bool Add(string key, object value) => _values.TryAdd(key, value);
}
