namespace Signalbox.Delivery.Artifacts;

internal enum ArtifactEntryKind { File, Directory, Link }

/// <param name="Path">Normalised: no leading or trailing slash.</param>
/// <param name="Size">Bytes of content; 0 but for files.</param>
internal sealed record ArtifactEntry(string Path, ArtifactEntryKind Kind, bool Executable = false, long Size = 0, string? LinkTarget = null);

/// <summary>The names seen so far, with the rules that look at more than one of them. Nothing is written through it.</summary>
internal sealed class ArtifactTree(ArtifactLimits limits)
{
    private readonly Dictionary<string, ArtifactEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _folded = new(StringComparer.Ordinal);
    private readonly HashSet<string> _implied = new(StringComparer.Ordinal);
    private long _bytes;

    public int Count => _entries.Count;

    public int FileCount => _entries.Values.Count(e => e.Kind != ArtifactEntryKind.Directory);

    public IEnumerable<ArtifactEntry> Links => _entries.Values.Where(e => e.Kind == ArtifactEntryKind.Link);

    public ArtifactEntry? Find(string path) => _entries.GetValueOrDefault(path);

    /// <exception cref="ArtifactRefusedException">The entry breaks a rule.</exception>
    public void Add(ArtifactEntry entry)
    {
        if (_entries.ContainsKey(entry.Path) && !(_implied.Remove(entry.Path) && entry.Kind == ArtifactEntryKind.Directory))
            throw ArtifactPath.Refused("artifact-duplicate-name", entry.Path, "is in the archive twice");
        AddBytes(entry.Size);
        AddParents(entry.Path);
        Register(entry);
        if (entry.LinkTarget is { } target) ArtifactPath.CheckLink(entry.Path, target);
    }

    public void AddBytes(long bytes)
    {
        if (bytes < 0 || bytes > limits.MaxBytes - _bytes) throw new ArtifactRefusedException("artifact-too-large", $"the content is larger than {limits.MaxBytes:N0} bytes");
        _bytes += bytes;
    }

    /// <summary>Refuses links that, followed through other links, lead out of the artifact.</summary>
    public void CheckLinks()
    {
        foreach (var link in Links) Follow(link);
    }

    private void Register(ArtifactEntry entry)
    {
        var key = CollisionKey.Of(entry.Path);
        if (_folded.TryGetValue(key, out var other) && other != entry.Path)
            throw ArtifactPath.Refused("artifact-colliding-name", entry.Path, $"is the same file as '{ArtifactPath.Show(other)}' where case or Unicode form is ignored");
        _folded[key] = entry.Path;
        _entries[entry.Path] = entry;
        if (_entries.Count > limits.MaxEntries) throw new ArtifactRefusedException("artifact-too-many-entries", $"there are more than {limits.MaxEntries:N0} entries");
    }

    // archives need not name the directories their files lie in
    private void AddParents(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            var parent = path[..slash];
            if (_entries.TryGetValue(parent, out var existing))
            {
                if (existing.Kind == ArtifactEntryKind.Directory) return;
                throw ArtifactPath.Refused("artifact-through-file", path, $"lies under '{ArtifactPath.Show(parent)}', which is no directory");
            }
            Register(new(parent, ArtifactEntryKind.Directory));
            _implied.Add(parent);
        }
    }

    private void Follow(ArtifactEntry link)
    {
        var hops = 0;
        var at = new List<string>(link.Path.Split('/')[..^1]);
        var rest = new Stack<string>(link.LinkTarget!.Split('/').Reverse());
        while (rest.TryPop(out var part))
        {
            if (part is "" or ".") continue;
            if (part == "..")
            {
                if (at.Count == 0) throw ArtifactPath.Refused("artifact-link-outside", link.Path, "is a link that leads out through other links");
                at.RemoveAt(at.Count - 1);
                continue;
            }
            at.Add(part);
            if (Find(string.Join('/', at)) is not { LinkTarget: { } next }) continue;
            // Linux follows 40 links at most (path_resolution(7))
            if (++hops > 40) throw ArtifactPath.Refused("artifact-link", link.Path, "is a link that leads through more than 40 others");
            at.RemoveAt(at.Count - 1);
            foreach (var step in next.Split('/').Reverse()) rest.Push(step);
        }
    }
}
