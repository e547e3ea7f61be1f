using Signalbox.Evidence.Reports;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>Names of npm packages as its package managers write them.</summary>
internal static class NpmNames
{
    /// <param name="text"><c>name@range</c>; the name of a scoped package begins with an <c>@</c> itself.</param>
    public static (string Name, string Range) Split(string text)
    {
        var at = text.Length > 1 ? text.IndexOf('@', 1) : -1;
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    /// <param name="resolved">Where it came from; null where the file does not say. A registry's tarball needs no mention.</param>
    public static PackageUrl Purl(string name, string? version, string? resolved)
    {
        var slash = name.StartsWith('@') ? name.IndexOf('/', StringComparison.Ordinal) : -1;
        var (scope, own) = slash < 0 ? (null, name) : (name[..slash], name[(slash + 1)..]);
        string[] from = resolved is null ? []
            : LockAddresses.IsGit(resolved) ? [LockAddresses.Git(resolved)]
            : LockAddresses.IsWeb(resolved) && !IsRegistry(resolved) ? [LockAddresses.Download(resolved)]
            : [];
        return PackageUrl.Of("npm", scope, own, version, from);
    }

    /// <summary>Registries serve <c>/NAME/-/NAME-VERSION.tgz</c>.</summary>
    private static bool IsRegistry(string address) => address.Contains("/-/", StringComparison.Ordinal);
}
