using System.Text.RegularExpressions;

namespace Signalbox.Audit.GitOps;

/// <summary>Production, told by its usual names.</summary>
internal static partial class Production
{
    /// <summary>Whether one of some names, paths or namespaces says that it is production's.</summary>
    public static bool Names(params ReadOnlySpan<string?> names)
    {
        foreach (var name in names)
            if (name is not null && Word().IsMatch(name)) return true;
        return false;
    }

    // preprod and non-prod are something else
    [GeneratedRegex(@"(?<![a-z0-9])(?<!\b(non|pre|not|no)[-_])(prod|production|prd|live)(?![a-z]|-?(like|mirror|test))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
