using System.Globalization;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>
/// Values of templates: null, bool, long, double, string, <see cref="List{T}"/>, <see cref="Dictionary{TKey, TValue}"/> by names,
/// functions, and <see cref="Unknown"/>.
/// </summary>
internal static class TemplateValue
{
    private const int Deepest = 64;

    // a value may hold another many times over
    private const int MostParts = 100_000;

    /// <summary>What counts as true in Go's templates; null where it cannot be known.</summary>
    public static bool? IsTrue(object? value) => value switch
    {
        null => false,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        string s => Unknown.IsAll(s) ? null : s.Length > 0,
        List<object?> l => l.Count > 0,
        Dictionary<string, object?> d => d.Count > 0,
        Unknown => null,
        _ => true,
    };

    /// <summary>Whether a value is not known, or holds one that is not.</summary>
    public static bool IsOpen(object? value) => value is Unknown || (value is string text && Unknown.IsIn(text));

    /// <summary>A value as templates write it.</summary>
    public static string Text(object? value) => value is null ? "" : Inner(Weighed(value));

    private static string Inner(object? value) => value switch
    {
        null => "<nil>",
        string s => s,
        bool b => b ? "true" : "false",
        long n => n.ToString(CultureInfo.InvariantCulture),
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        Unknown u => u.Mark,
        List<object?> l => "[" + string.Join(' ', l.Select(Inner)) + "]",
        Dictionary<string, object?> d => "map[" + string.Join(' ', Sorted(d).Select(e => $"{e.Key}:{Inner(e.Value)}")) + "]",
        _ => "",
    };

    public static IEnumerable<KeyValuePair<string, object?>> Sorted(Dictionary<string, object?> map) => map.OrderBy(e => e.Key, StringComparer.Ordinal);

    /// <summary>Go's name for the kind of a value.</summary>
    public static string Kind(object? value) => value switch
    {
        null => "invalid",
        bool => "bool",
        long => "int",
        double => "float64",
        string => "string",
        List<object?> => "slice",
        Dictionary<string, object?> => "map",
        _ => "func",
    };

    /// <summary>Whether two values are the same all the way down.</summary>
    public static bool Same(object? one, object? other) => (one, other) switch
    {
        (long a, double b) => a == b,
        (double a, long b) => a == b,
        (List<object?> a, List<object?> b) => YamlWriter.Json(a) == YamlWriter.Json(b),
        (Dictionary<string, object?> a, Dictionary<string, object?> b) => YamlWriter.Json(a) == YamlWriter.Json(b),
        _ => Equals(one, other),
    };

    /// <summary>Another with the same content, so that a change of one leaves the other.</summary>
    public static object? Copy(object? value) => Twin(Weighed(value));

    private static object? Twin(object? value) => value switch
    {
        List<object?> l => l.Select(Twin).ToList(),
        Dictionary<string, object?> d => d.ToDictionary(e => e.Key, e => Twin(e.Value), StringComparer.Ordinal),
        _ => value,
    };

    /// <summary>The value itself, if it is small enough to go through.</summary>
    /// <exception cref="TemplateException">It is not.</exception>
    public static object? Weighed(object? value)
    {
        var left = MostParts;
        Weigh(value, 0, ref left);
        return value;
    }

    private static void Weigh(object? value, int depth, ref int left)
    {
        if (depth > Deepest || --left < 0) throw new TemplateException("a value is too large");
        if (value is List<object?> list)
            foreach (var item in list) Weigh(item, depth + 1, ref left);
        else if (value is Dictionary<string, object?> map)
            foreach (var item in map.Values) Weigh(item, depth + 1, ref left);
    }

    /// <summary>Lays the entries of one map over another, map by map.</summary>
    /// <param name="wins">Whether what is laid over wins over what is there.</param>
    public static Dictionary<string, object?> Merge(Dictionary<string, object?> into, Dictionary<string, object?> from, bool wins, int depth = 0)
    {
        if (depth > Deepest) throw new TemplateException("a value is too large");
        foreach (var (key, value) in from)
        {
            if (into.GetValueOrDefault(key) is Dictionary<string, object?> mine && value is Dictionary<string, object?> theirs) Merge(mine, theirs, wins, depth + 1);
            else if (wins || IsTrue(into.GetValueOrDefault(key)) == false) into[key] = Copy(value);
        }
        return into;
    }
}
