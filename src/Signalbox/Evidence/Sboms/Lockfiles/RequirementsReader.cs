using Signalbox.Delivery.Detection;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>
/// pip's requirements files: <c>name==1.0 --hash=sha256:…</c>. Only what is pinned is known; what is not is a gap, as is a file
/// that another one takes in and that is not read by itself.
/// </summary>
internal static class RequirementsReader
{
    /// <summary>Whether a file is read as requirements by its name: <c>requirements*.txt</c>, or any text in a folder <c>requirements</c>.</summary>
    public static bool Fits(string path)
    {
        var parts = path.Split('/');
        return parts[^1].EndsWith(".txt", StringComparison.Ordinal)
            && (parts[^1].StartsWith("requirements", StringComparison.Ordinal) || (parts.Length > 1 && parts[^2] == "requirements"));
    }

    public static void Read(LockSource file, LockGraph graph)
    {
        graph.KnowsEdges = false;
        var unpinned = new List<string>();
        foreach (var line in Lines(file.Text()))
            if (line.StartsWith('-')) Option(line, file, graph);
            else if (!Requirement(line, file, graph)) unpinned.Add(line);
        if (unpinned.Count > 0)
            graph.Gap(file.Path, $"{unpinned.Count} of its requirements are pinned to no version, such as '{LockGraph.Shown(unpinned[0])}'; expected name==version", $"pip-compile --generate-hashes --output-file {Words.Pasted(file.Path)} {Words.Pasted(file.Folder + "requirements.in")}");
    }

    /// <summary>A backslash at the end of a line joins the next one; comments begin with <c>#</c> after a space.</summary>
    private static IEnumerable<string> Lines(string text)
    {
        var whole = "";
        foreach (var raw in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var comment = raw.StartsWith('#') ? 0 : raw.IndexOf(" #", StringComparison.Ordinal);
            var line = (comment < 0 ? raw : raw[..comment]).Trim();
            var goesOn = line.EndsWith('\\');
            whole = $"{whole} {(goesOn ? line[..^1] : line)}".Trim();
            if (whole.Length > 100_000) throw new LockRefusedException("a line is longer than 100,000 characters");
            if (goesOn) continue;
            if (whole.Length > 0) yield return whole;
            whole = "";
        }
        if (whole.Length > 0) yield return whole;
    }

    /// <summary>A file that is taken in and has a name of requirements is read by itself. Constraints install nothing.</summary>
    private static void Option(string line, LockSource file, LockGraph graph)
    {
        var (option, value) = line.Split([' ', '='], 2, StringSplitOptions.TrimEntries) is [var first, var rest] ? (first, rest) : (line, "");
        if (option is "-r" or "--requirement" && !(Fits(file.Folder + value) && file.Beside(value) is not null))
            graph.Gap(file.Path, $"it takes in '{LockGraph.Shown(value)}', which was not read", $"cp {Words.Pasted(file.Folder + LockGraph.Shown(value))} {Words.Pasted(file.Folder + "requirements-more.txt")}");
        if (option is "-e" or "--editable" && !value.StartsWith('.'))
            graph.Gap(file.Path, $"it installs '{LockGraph.Shown(value)}' in place, whose version is not said", "pip freeze --exclude-editable");
    }

    private static bool Requirement(string line, LockSource file, LockGraph graph)
    {
        if (line.StartsWith("./", StringComparison.Ordinal) || line.StartsWith("../", StringComparison.Ordinal) || line == ".") return true;
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var hashes = words.Where(word => word.StartsWith("--hash=", StringComparison.Ordinal)).Select(word => LockHashes.Named(word["--hash=".Length..]));
        var requirement = string.Concat(line.Split(" --")[0].Split(';')[0].Where(c => !char.IsWhiteSpace(c)));
        var name = PythonNames.OfRequirement(requirement);
        if (name.Length == 0) return false;
        var rest = WithoutExtras(requirement[name.Length..]);
        var purl = rest switch
        {
            ['@', .. var address] => PythonNames.Purl(name, null, LockAddresses.IsGit(address) ? LockAddresses.Git(WithCommit(address)) : LockAddresses.Download(address)),
            ['=', '=', '=', .. var exact] => PythonNames.Purl(name, exact),
            ['=', '=', .. var exact] when !exact.Contains('*', StringComparison.Ordinal) && !exact.Contains(',', StringComparison.Ordinal) => PythonNames.Purl(name, exact),
            _ => null,
        };
        if (purl is null) return false;
        graph.Add($"{purl}", purl, IsForDevelopment(file.Name) ? ComponentScope.Excluded : null, LockedFacts.Of(hashes));
        return true;
    }

    private static string WithoutExtras(string rest) => rest.StartsWith('[') && rest.IndexOf(']', StringComparison.Ordinal) is > 0 and var end ? rest[(end + 1)..] : rest;

    /// <summary>pip writes the commit after the last <c>@</c> of the path.</summary>
    private static string WithCommit(string address)
    {
        var plain = address.Split('#')[0];
        var at = plain.LastIndexOf('@');
        return at > plain.LastIndexOf('/') ? $"{plain[..at]}#{plain[(at + 1)..]}" : plain;
    }

    // by the names that people give such files
    private static bool IsForDevelopment(string name) => name.Contains("dev", StringComparison.OrdinalIgnoreCase) || name.Contains("test", StringComparison.OrdinalIgnoreCase);
}
