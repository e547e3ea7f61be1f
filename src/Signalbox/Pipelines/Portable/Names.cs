namespace Signalbox.Pipelines.Portable;

/// <summary>Names as a platform allows them.</summary>
internal static class Names
{
    /// <summary>A shell variable's name: letters, digits and underscores, no digit first.</summary>
    public static string Variable(string name)
    {
        var made = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_'));
        return made.Length == 0 || char.IsAsciiDigit(made[0]) ? "_" + made : made;
    }

    /// <summary>An axis' or a step's name: also with dashes.</summary>
    public static string Axis(string name)
    {
        var made = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        return made.Length == 0 || char.IsAsciiDigit(made[0]) || made[0] == '-' ? "_" + made : made;
    }

    /// <summary>Gives each name one that is allowed and taken by no other, in order.</summary>
    /// <param name="allowed">Makes a name allowed.</param>
    public static Dictionary<string, string> Unique(IEnumerable<string> names, Func<string, string> allowed)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        // what is allowed as it is keeps its name
        foreach (var name in names.Distinct(StringComparer.Ordinal).OrderBy(n => allowed(n) == n ? 0 : 1))
        {
            var made = allowed(name);
            for (var i = 2; !taken.Add(made); i++) made = $"{allowed(name)}_{i}";
            given[name] = made;
        }
        return given;
    }
}
