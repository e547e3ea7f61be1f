using System.Globalization;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>Functions on numbers and versions.</summary>
internal static class NumberFunctions
{
    public static IEnumerable<(string Name, Func<object?[], object?> Run)> All { get; } =
    [
        ("int", a => Long(a[0])),
        ("int64", a => Long(a[0])),
        ("float64", a => Double(a[0])),
        ("atoi", a => Long(a[0])),
        ("add", a => a.Aggregate(0L, (sum, v) => checked(sum + Long(v)))),
        ("add1", a => checked(Long(a[0]) + 1)),
        ("sub", a => checked(Long(a[0]) - Long(a[1]))),
        ("mul", a => a.Aggregate(1L, (product, v) => checked(product * Long(v)))),
        ("div", a => Long(a[0]) / Long(a[1])),
        ("mod", a => Long(a[0]) % Long(a[1])),
        ("max", a => a.Max(v => Long(v))),
        ("min", a => a.Min(v => Long(v))),
        ("addf", a => a.Sum(v => Double(v))),
        ("subf", a => Double(a[0]) - Double(a[1])),
        ("mulf", a => a.Aggregate(1.0, (product, v) => product * Double(v))),
        ("divf", a => Double(a[0]) / Double(a[1])),
        ("floor", a => Math.Floor(Double(a[0]))),
        ("ceil", a => Math.Ceiling(Double(a[0]))),
        ("round", a => Math.Round(Double(a[0]), (int)Math.Clamp(Long(a[1]), 0, 15), MidpointRounding.AwayFromZero)),
        ("semverCompare", a => VersionConstraint.Holds(TemplateValue.Text(a[0]), TemplateValue.Text(a[1]))),
        ("semver", a => VersionConstraint.Parts(TemplateValue.Text(a[0]))),
    ];

    /// <summary>A whole number; what is none is 0, as Sprig has it.</summary>
    public static long Long(object? value) => value switch
    {
        long n => n,
        double d => checked((long)d),
        bool b => b ? 1 : 0,
        string s => long.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : 0,
        null => 0,
        _ => throw new InvalidCastException(),
    };

    public static double Double(object? value) => value switch
    {
        double d => d,
        string s => double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) ? d : 0,
        _ => Long(value),
    };
}
