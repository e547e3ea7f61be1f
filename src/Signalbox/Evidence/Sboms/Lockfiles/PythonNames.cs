using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Sboms.Toml;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>Names of Python packages, and what a pyproject.toml asks for.</summary>
internal static class PythonNames
{
    /// <summary>Lower case, runs of <c>-_.</c> as one hyphen (packaging.python.org, "Names and normalization").</summary>
    public static string Normalised(string name)
    {
        var normal = new System.Text.StringBuilder(name.Length);
        foreach (var c in name)
            if (c is not ('-' or '_' or '.')) normal.Append(char.ToLowerInvariant(c));
            else if (normal.Length == 0 || normal[^1] != '-') normal.Append('-');
        return normal.ToString();
    }

    public static PackageUrl Purl(string name, string? version, params IEnumerable<string> qualifiers) => PackageUrl.Of("pypi", null, Normalised(name), version, qualifiers);

    /// <summary>The name that a requirement begins with (<c>flask[async]>=2; python_version &lt; "4"</c>, PEP 508); empty where it begins with none.</summary>
    public static string OfRequirement(string requirement)
    {
        var end = 0;
        while (end < requirement.Length && (char.IsAsciiLetterOrDigit(requirement[end]) || requirement[end] is '-' or '_' or '.')) end++;
        return requirement[..end];
    }

    /// <summary>What the pyproject.toml beside a lockfile asks for: PEP 621, dependency groups (PEP 735), and Poetry's own tables.</summary>
    public static IEnumerable<(string Name, ComponentScope Scope)> Asked(LockSource lockfile)
    {
        try
        {
            return lockfile.Beside("pyproject.toml") is { } manifest ? [.. Asked(manifest.Toml())] : [];
        }
        catch (LockRefusedException)
        {
            return [];
        }
    }

    public static IEnumerable<(string Name, ComponentScope Scope)> Asked(TomlTable manifest)
    {
        var project = manifest.Table("project");
        var poetry = manifest.Table("tool", "poetry");
        IEnumerable<(string Name, ComponentScope Scope)> asked =
        [
            .. Requirements(project?.Texts("dependencies"), ComponentScope.Required),
            .. Lists(project?.Table("optional-dependencies"), ComponentScope.Optional),
            .. Lists(manifest.Table("dependency-groups"), ComponentScope.Excluded),
            .. Keys(poetry?.Table("dependencies"), ComponentScope.Required),
            .. Keys(poetry?.Table("dev-dependencies"), ComponentScope.Excluded),
            .. (poetry?.Table("group")?.Entries ?? []).SelectMany(group => Keys((group.Value as TomlTable)?.Table("dependencies"), ComponentScope.Excluded)),
        ];
        return asked.Where(one => one.Name is not ("" or "python"));
    }

    private static IEnumerable<(string, ComponentScope)> Requirements(IEnumerable<string>? requirements, ComponentScope scope) =>
        (requirements ?? []).Select(requirement => (Normalised(OfRequirement(requirement)), scope));

    private static IEnumerable<(string, ComponentScope)> Lists(TomlTable? groups, ComponentScope scope) =>
        (groups?.Entries ?? []).SelectMany(group => Requirements((group.Value as List<object>)?.OfType<string>(), scope));

    private static IEnumerable<(string, ComponentScope)> Keys(TomlTable? table, ComponentScope scope) =>
        (table?.Entries ?? []).Select(entry => (Normalised(entry.Key), (entry.Value as TomlTable)?.IsTrue("optional") == true ? ComponentScope.Optional : scope));
}
