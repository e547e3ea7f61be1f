using Signalbox.Evidence.Reports;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>Bundler's Gemfile.lock (gems.locked): sections by their first column; groups are not told apart.</summary>
internal sealed class GemfileLockReader
{
    private readonly LockGraph _graph;
    private readonly List<(string Key, string Needed)> _edges = [];
    private readonly List<(string Key, string Name, string Version, string? Platform, string[] From)> _gems = [];
    private readonly Dictionary<string, ComponentHash> _checksums = new(StringComparer.Ordinal);
    private string _section = "";
    private bool _isLock;
    private string? _remote;
    private string? _revision;

    private GemfileLockReader(LockGraph graph) => _graph = graph;

    public static void Read(LockSource file, LockGraph graph)
    {
        var reader = new GemfileLockReader(graph);
        foreach (var raw in file.Text().AsSpan().EnumerateLines()) reader.Line(raw.TrimEnd().ToString());
        reader.Finish();
    }

    private void Line(string line)
    {
        var text = line.TrimStart(' ');
        if (text.Length == 0) return;
        switch (line.Length - text.Length)
        {
            case 0:
                (_section, _remote, _revision) = (text, null, null);
                _isLock |= text is "GEM" or "GIT" or "PATH" or "DEPENDENCIES";
                break;
            case 2 when _section is "GIT" or "GEM" or "PATH":
                if (text.StartsWith("remote: ", StringComparison.Ordinal)) _remote = text["remote: ".Length..];
                if (text.StartsWith("revision: ", StringComparison.Ordinal)) _revision = text["revision: ".Length..];
                break;
            case 2 when _section == "DEPENDENCIES":
                _graph.Asks(text.Split([' ', '!'])[0]);
                break;
            case 2 when _section == "CHECKSUMS":
                if (Named(text) is var (name, version) && LockHashes.Named(text[(text.IndexOf(')', StringComparison.Ordinal) + 1)..]) is { } hash) _checksums.TryAdd($"{name} {version}", hash);
                break;
            case 4 when _section is "GIT" or "GEM" or "PATH":
                Gem(text);
                break;
            case 6 when _gems.Count > 0 && _section is "GIT" or "GEM" or "PATH":
                if (_gems.Count > 0) _edges.Add((_gems[^1].Key, text.Split([' ', '!'])[0]));
                break;
            default:
                break;
        }
    }

    /// <summary><c>nokogiri (1.16.0-x86_64-linux)</c>: what comes after the first hyphen of the version is the platform.</summary>
    private void Gem(string text)
    {
        if (Named(text) is not var (name, whole)) throw new LockRefusedException($"'{LockGraph.Shown(text)}' is not name (version)");
        var (version, platform) = whole.Split('-', 2) is [var number, var rest] ? (number, rest) : (whole, null);
        var from = _section == "GIT" && _remote is { } remote ? [LockAddresses.Git(remote, _revision)] : Array.Empty<string>();
        _gems.Add(($"{name} {whole}", name, version, platform, _section == "PATH" ? ["."] : from));
    }

    private static (string Name, string Version)? Named(string text) =>
        text.Split(' ', 2) is [{ Length: > 0 } name, ['(', .. var rest]] && rest.IndexOf(')', StringComparison.Ordinal) is > 0 and var end ? (name, rest[..end]) : null;

    private void Finish()
    {
        if (!_isLock) throw new LockRefusedException("there is no section GEM, GIT, PATH or DEPENDENCIES in it; expected a Gemfile.lock");
        foreach (var (key, name, version, platform, from) in _gems)
        {
            _graph.Also(name, key);
            if (from is ["."]) _graph.AddOwn(key);
            else _graph.Add(key, PackageUrl.Of("gem", null, name, version, [.. from, .. platform is null ? [] : new[] { PackageUrl.Qualifier("platform", platform) }]), null, LockedFacts.Of([_checksums.GetValueOrDefault(key)]));
        }
        foreach (var (key, needed) in _edges) _graph.Depends(key, needed);
    }
}
