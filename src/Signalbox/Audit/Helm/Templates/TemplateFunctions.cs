namespace Signalbox.Audit.Helm.Templates;

/// <summary>
/// The functions of Go's templates, Sprig (masterminds.github.io/sprig) and Helm, as far as charts use them. What depends on
/// chance, on time or on a cluster gives <see cref="Unknown.Some"/>; a function that does not take its arguments throws one of .NET's
/// exceptions for arguments.
/// </summary>
internal static class TemplateFunctions
{
    private static readonly Dictionary<string, Func<object?[], object?>> s_all =
        LogicFunctions.All.Concat(TextFunctions.All).Concat(ListFunctions.All).Concat(MapFunctions.All).Concat(NumberFunctions.All).Concat(CodingFunctions.All).ToDictionary(f => f.Name, f => f.Run, StringComparer.Ordinal);

    // they carry what is not known within what they make, or decide for themselves
    private static readonly HashSet<string> s_through = new(StringComparer.Ordinal)
    {
        "default", "empty", "coalesce", "ternary", "not", "required", "quote", "squote", "indent", "nindent", "trim", "trimSuffix", "trimPrefix", "trimAll", "print", "println", "printf", "cat", "toString",
        "toYaml", "toJson", "toRawJson", "list", "tuple", "dict", "set", "get", "hasKey", "index", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "append", "prepend", "concat", "deepCopy", "first", "last", "dig",
        "mustAppend", "mustPrepend", "mustDeepCopy", "pick", "omit", "unset", "keys", "len", "join", "kindIs", "kindOf", "mustToYaml", "mustToJson", "values", "pluck",
    };

    public static Func<object?[], object?>? Find(string name) => s_all.GetValueOrDefault(name);

    /// <summary>Whether a function may be given what is not known.</summary>
    public static bool SeesThrough(string name) => s_through.Contains(name);
}

/// <summary>Functions that decide.</summary>
internal static class LogicFunctions
{
    public static IEnumerable<(string Name, Func<object?[], object?> Run)> All { get; } =
    [
        ("not", a => TemplateValue.IsTrue(a[0]) is { } b ? !b : Unknown.Some),
        ("default", a => a.Length < 2 ? a[0] : TemplateValue.IsTrue(a[1]) is { } given ? (given ? a[1] : a[0]) : Unknown.Some),
        ("empty", a => TemplateValue.IsTrue(a[0]) is { } b ? !b : Unknown.Some),
        ("coalesce", a => a.Select(v => (Value: v, IsTrue: TemplateValue.IsTrue(v))).FirstOrDefault(v => v.IsTrue != false) is { IsTrue: not null } first ? first.Value : a.Any(v => TemplateValue.IsTrue(v) is null) ? Unknown.Some : null),
        ("ternary", a => TemplateValue.IsTrue(a[2]) is { } chosen ? (chosen ? a[0] : a[1]) : Unknown.Some),
        ("all", a => a.All(v => TemplateValue.IsTrue(v) == true)),
        ("any", a => a.Any(v => TemplateValue.IsTrue(v) == true)),
        // a chart that demands a value cannot be rendered before somebody gives it
        ("required", a => a[1] is null or "" ? Unknown.Some : a[1]),
        ("fail", _ => Unknown.Some),
        ("eq", a => a.Skip(1).Any(v => TemplateValue.Same(a[0], v))),
        ("ne", a => !TemplateValue.Same(a[0], a[1])),
        ("lt", a => Compare(a[0], a[1]) < 0),
        ("le", a => Compare(a[0], a[1]) <= 0),
        ("gt", a => Compare(a[0], a[1]) > 0),
        ("ge", a => Compare(a[0], a[1]) >= 0),
        ("kindOf", a => a[0] is Unknown ? Unknown.Some : TemplateValue.Kind(a[0])),
        ("kindIs", a => a[1] is Unknown ? Unknown.Some : TemplateValue.Kind(a[1]) == TemplateValue.Text(a[0]) || (a[1] is long && a[0] is "int64" or "float64")),
        ("typeOf", a => TypeOf(a[0])),
        ("typeIs", a => TypeOf(a[1]) == TemplateValue.Text(a[0]) || TemplateValue.Kind(a[1]) == TemplateValue.Text(a[0])),
        // as helm template does without a cluster
        ("lookup", _ => new Dictionary<string, object?>(StringComparer.Ordinal)),
    ];

    private static string TypeOf(object? value) => value switch
    {
        null => "<nil>",
        List<object?> => "[]interface {}",
        Dictionary<string, object?> => "map[string]interface {}",
        _ => TemplateValue.Kind(value),
    };

    private static int Compare(object? one, object? other) => (one, other) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (string, _) or (_, string) => throw new ArgumentException("text and a number do not compare"),
        _ => NumberFunctions.Double(one).CompareTo(NumberFunctions.Double(other)),
    };
}
