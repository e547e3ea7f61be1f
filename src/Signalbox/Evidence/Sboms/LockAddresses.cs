using Signalbox.Evidence.Reports;

namespace Signalbox.Evidence.Sboms;

/// <summary>Where a lockfile says that a package came from, fit to be shown: without names and passwords.</summary>
internal static class LockAddresses
{
    /// <returns><c>vcs_url=git+https://…@COMMIT</c>, as the package URL's qualifier has it (SPDX download location).</returns>
    /// <param name="commit">Null where the address names it after <c>#</c>, or nobody does.</param>
    public static string Git(string address, string? commit = null)
    {
        var parts = address.Split('#', 2);
        var url = Plain(parts[0]);
        if (!url.StartsWith("git+", StringComparison.Ordinal)) url = "git+" + url;
        commit ??= parts.Length > 1 ? parts[1] : null;
        return PackageUrl.Qualifier("vcs_url", string.IsNullOrEmpty(commit) ? url : $"{url}@{commit}");
    }

    public static string Download(string address) => PackageUrl.Qualifier("download_url", Plain(address.Split('#')[0]));

    public static bool IsGit(string address) =>
        address.StartsWith("git+", StringComparison.Ordinal) || address.StartsWith("git:", StringComparison.Ordinal) || address.StartsWith("git@", StringComparison.Ordinal)
        || address.Split('#')[0].EndsWith(".git", StringComparison.Ordinal);

    public static bool IsWeb(string address) => address.StartsWith("https://", StringComparison.Ordinal) || address.StartsWith("http://", StringComparison.Ordinal);

    /// <summary>Without user, password and query, in which tokens are carried.</summary>
    public static string Plain(string address)
    {
        var start = address.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var query = address.IndexOf('?', start);
        if (query >= 0) address = address[..query];
        // git@host:path names a user that everybody is
        if (start == 0) return address;
        var end = address.IndexOf('/', start);
        var at = address.LastIndexOf('@', (end < 0 ? address.Length : end) - 1);
        return at >= start ? address[..start] + address[(at + 1)..] : address;
    }
}
