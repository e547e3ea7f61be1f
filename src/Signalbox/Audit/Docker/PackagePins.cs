using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Docker;

/// <summary>Whether packages are named with their version, in the form each manager knows.</summary>
internal static class PackagePins
{
    /// <summary>The packages of an install without a version; a variable may hold one.</summary>
    public static IReadOnlyList<ShellWord> Unpinned(PackageCommand package) => package.Verb switch
    {
        "install" when !FromLockFile(package) => [.. package.Operands.Where(w => !IsVariable(w) && !IsPinned(package, w.Text))],
        "get" or "run" when package.Manager == "go" => [.. package.Operands.Take(package.Verb == "run" ? 1 : int.MaxValue).Where(w => !IsVariable(w) && !IsPinned(package, w.Text))],
        _ => [],
    };

    private static readonly System.Buffers.SearchValues<char> s_apk = System.Buffers.SearchValues.Create("=~<>");
    private static readonly System.Buffers.SearchValues<char> s_pip = System.Buffers.SearchValues.Create("=<>@");

    private static bool IsVariable(ShellWord word) => word.Text.Contains('$') || word.Nested.Count > 0;

    private static bool FromLockFile(PackageCommand package) => package.Manager switch
    {
        "pip" => package.Command.Arguments.Any(w => w.Text is "-c" or "--constraint" || w.Text.StartsWith("--constraint=", StringComparison.Ordinal)),
        "gem" => package.Command.Has("-v") || package.Command.Has("--version"),
        "yarn" => true,
        _ => false,
    };

    private static bool IsPinned(PackageCommand package, string name) => package.Manager switch
    {
        "apt" => name.Contains('=') || name.Contains('/') || name.EndsWith(".deb", StringComparison.Ordinal) || name.EndsWith('+') || name.EndsWith('-'),
        "apk" => name.AsSpan().ContainsAny(s_apk) || name.StartsWith('.') || name.EndsWith(".apk", StringComparison.Ordinal),
        "pip" => IsPinnedPip(name),
        "npm" => IsPinnedNpm(name),
        "gem" => name.Contains(':') || name.EndsWith(".gem", StringComparison.Ordinal),
        "yum" or "dnf" => name.StartsWith('@') || name.EndsWith(".rpm", StringComparison.Ordinal) || IsVersioned(name),
        "zypper" => name.Contains('=') || name.Contains('<') || name.Contains('>') || name.EndsWith(".rpm", StringComparison.Ordinal),
        "go" => name is "." || name.StartsWith('.') || name.StartsWith('/') || (name.Contains('@') && !name.EndsWith("@latest", StringComparison.Ordinal) && !name.EndsWith("@none", StringComparison.Ordinal)) || name is "tool",
        _ => true,
    };

    private static bool IsPinnedPip(string name) =>
        name.AsSpan().ContainsAny(s_pip) || name.Contains("~=", StringComparison.Ordinal) || name.StartsWith('.') || name.StartsWith('/')
        || name.EndsWith(".whl", StringComparison.Ordinal) || name.EndsWith(".tar.gz", StringComparison.Ordinal) || name.EndsWith(".zip", StringComparison.Ordinal);

    private static bool IsPinnedNpm(string name)
    {
        if (name.StartsWith('.') || name.StartsWith('/') || name.StartsWith('~') || name.EndsWith(".tgz", StringComparison.Ordinal) || name.EndsWith(".tar.gz", StringComparison.Ordinal)) return true;
        if (name.Contains("://", StringComparison.Ordinal) || name.StartsWith("git", StringComparison.Ordinal) && name.Contains(':')) return name.Contains('#') || !name.Contains("git", StringComparison.Ordinal);
        return name.IndexOf('@', Math.Min(1, name.Length)) is > 0 and var at && name[(at + 1)..] is not ("" or "latest" or "next");
    }

    // name-1.2.3-4.el9: a part after a dash that begins with a digit
    private static bool IsVersioned(string name)
    {
        var parts = name.Split('-');
        return parts.Length > 1 && parts.Skip(1).Any(p => p.Length > 0 && char.IsAsciiDigit(p[0]));
    }
}
