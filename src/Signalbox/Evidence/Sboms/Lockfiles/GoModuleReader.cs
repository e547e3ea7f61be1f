using Signalbox.Evidence.Reports;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>
/// go.mod with the go.sum beside it (go.dev/ref/mod). From Go 1.17 on go.mod names every module that is built from; what depends
/// on what it does not say. go.sum's <c>h1:</c> is a checksum of a list of files, of no file that anybody could hash.
/// </summary>
internal sealed class GoModuleReader
{
    private sealed record Required(string Module, string Version, bool IsIndirect);

    private readonly List<Required> _required = [];
    private readonly Dictionary<string, (string Module, string? Version)> _replaced = new(StringComparer.Ordinal);
    private Version? _language;

    public static void Read(LockSource file, LockGraph graph)
    {
        var module = new GoModuleReader();
        module.Parse(file.Text());
        module.Add(file, graph);
    }

    private void Parse(string text)
    {
        var block = "";
        var (number, hasModule) = (0, false);
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var comment = raw.IndexOf("//", StringComparison.Ordinal);
            var words = Words(raw[..(comment < 0 ? raw.Length : comment)].ToString());
            if (words.Length == 0) continue;
            if (words is [var opened, "("]) block = opened;
            else if (words is [")"]) block = "";
            else
            {
                var isIndirect = comment >= 0 && raw[comment..].Contains("indirect", StringComparison.Ordinal);
                hasModule |= block.Length == 0 && words[0] == "module";
                Directive(block.Length > 0 ? block : words[0], block.Length > 0 ? words : words[1..], isIndirect, number);
            }
        }
        if (!hasModule) throw new LockRefusedException("it names no module; expected a go.mod");
    }

    private static string[] Words(string line) => [.. line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('"', '`'))];

    private void Directive(string name, string[] words, bool isIndirect, int number)
    {
        switch (name, words)
        {
            case ("require", [var module, var version]):
                _required.Add(new(module, version, isIndirect));
                break;
            case ("replace", [var old, "=>", var instead]):
                _replaced[old] = (instead, null);
                break;
            case ("replace", [var old, "=>", var instead, var version]):
                _replaced[old] = (instead, version);
                break;
            case ("replace", [var old, var from, "=>", var instead]):
                _replaced[$"{old} {from}"] = (instead, null);
                break;
            case ("replace", [var old, var from, "=>", var instead, var version]):
                _replaced[$"{old} {from}"] = (instead, version);
                break;
            case ("go", [var version]):
                _ = Version.TryParse(version.Split("rc")[0], out _language);
                break;
            case ("require" or "replace", _):
                throw new LockRefusedException($"line {number} is not as go.mod has it");
            default:
                break;
        }
    }

    private void Add(LockSource file, LockGraph graph)
    {
        graph.KnowsEdges = false;
        if (_required.Count > 0 && (_language is null || _language < new Version(1, 17)))
            graph.Gap(file.Path, "it is of before Go 1.17 and names only some of the modules that it needs", "go mod tidy -go=1.17");
        var sums = file.Beside("go.sum") is { } beside ? Sums(beside.Text()) : [];
        foreach (var (module, version, isIndirect) in _required)
        {
            var (name, number) = _replaced.TryGetValue($"{module} {version}", out var exact) ? exact : _replaced.TryGetValue(module, out var any) ? any : (module, version);
            // a folder stands in its place: that is the project's own
            if (number is null) continue;
            var slash = name.LastIndexOf('/');
            graph.Add(name, PackageUrl.Of("golang", slash < 0 ? null : name[..slash], name[(slash + 1)..], number), null,
                LockedFacts.None with { Checksum = sums.GetValueOrDefault($"{name} {number}") });
            if (!isIndirect) graph.Asks(name);
        }
    }

    /// <summary>The checksums of modules; those of their go.mod alone say nothing of what is built from.</summary>
    private static Dictionary<string, string> Sums(string text)
    {
        var sums = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.AsSpan().EnumerateLines())
            if (Words(line.ToString()) is [var module, var version, var sum] && !version.EndsWith("/go.mod", StringComparison.Ordinal) && sum.Length < 100) sums[$"{module} {version}"] = sum;
        return sums;
    }
}
