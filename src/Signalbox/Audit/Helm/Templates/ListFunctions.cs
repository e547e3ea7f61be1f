namespace Signalbox.Audit.Helm.Templates;

/// <summary>Functions on lists.</summary>
internal static class ListFunctions
{
    private const int Most = 10_000;

    public static IEnumerable<(string Name, Func<object?[], object?> Run)> All { get; } =
    [
        ("list", a => a.ToList()),
        ("tuple", a => a.ToList()),
        .. Both("first", a => List(a[0]).FirstOrDefault()),
        .. Both("last", a => List(a[0]).LastOrDefault()),
        .. Both("rest", a => List(a[0]).Skip(1).ToList()),
        .. Both("initial", a => List(a[0]).SkipLast(1).ToList()),
        .. Both("append", a => Bounded([.. List(a[0]), a[1]])),
        .. Both("push", a => Bounded([.. List(a[0]), a[1]])),
        .. Both("prepend", a => Bounded([a[1], .. List(a[0])])),
        ("concat", a => Bounded([.. a.SelectMany(List)])),
        .. Both("reverse", a => List(a[0]).AsEnumerable().Reverse().ToList()),
        .. Both("uniq", a => List(a[0]).DistinctBy(TemplateValue.Text).ToList()),
        .. Both("compact", a => List(a[0]).Where(v => TemplateValue.IsTrue(v) != false).ToList()),
        .. Both("without", a => List(a[0]).Where(v => !a.Skip(1).Any(w => TemplateValue.Same(v, w))).ToList()),
        .. Both("has", a => a[1] is not null && List(a[1]).Any(v => TemplateValue.Same(v, a[0]))),
        .. Both("slice", a => Slice(List(a[0]), a)),
        ("sortAlpha", a => List(a[0]).Select(TemplateValue.Text).Order(StringComparer.Ordinal).Select(v => (object?)v).ToList()),
        ("toStrings", a => List(a[0]).Select(v => (object?)TemplateValue.Text(v)).ToList()),
        ("until", a => Count(0, NumberFunctions.Long(a[0]), 1)),
        ("untilStep", a => Count(NumberFunctions.Long(a[0]), NumberFunctions.Long(a[1]), NumberFunctions.Long(a[2]))),
        ("len", a => a[0] switch
        {
            string s => (long)System.Text.Encoding.UTF8.GetByteCount(s),
            Dictionary<string, object?> d => (long)d.Count,
            _ => (long)List(a[0]).Count,
        }),
        ("index", a => a.Skip(1).Aggregate(a[0], Index)),
    ];

    private static IEnumerable<(string, Func<object?[], object?>)> Both(string name, Func<object?[], object?> run) => [(name, run), ("must" + char.ToUpperInvariant(name[0]) + name[1..], run)];

    /// <exception cref="InvalidCastException">It is no list.</exception>
    public static List<object?> List(object? value) => (List<object?>?)value ?? [];

    private static List<object?> Bounded(List<object?> list) => list.Count <= Most ? list : throw new TemplateException("a list is too long");

    private static List<object?> Slice(List<object?> list, object?[] a)
    {
        var start = a.Length > 1 ? (int)NumberFunctions.Long(a[1]) : 0;
        var end = a.Length > 2 ? (int)NumberFunctions.Long(a[2]) : list.Count;
        return list.GetRange(start, end - start);
    }

    private static List<object?> Count(long from, long to, long step)
    {
        var list = new List<object?>();
        if (step == 0) return list;
        for (var i = from; step > 0 ? i < to : i > to; i = checked(i + step))
        {
            list.Add(i);
            Bounded(list);
        }
        return list;
    }

    private static object? Index(object? value, object? key) => value switch
    {
        Dictionary<string, object?> map => map.GetValueOrDefault(TemplateValue.Text(key)),
        List<object?> list => list[checked((int)NumberFunctions.Long(key))],
        Unknown => Unknown.Some,
        _ => throw new InvalidCastException(),
    };
}
