using System.Text;
using System.Text.RegularExpressions;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>The image tags that a repository's pipelines publish, as far as their shape is known.</summary>
internal sealed partial class PublishedTags
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, List<(string Shape, string Written)>> _byImage = new(StringComparer.OrdinalIgnoreCase);

    private PublishedTags()
    {
    }

    /// <summary>What is published; null where nothing is, or where one publication leaves its image or tag open: then any tag may exist.</summary>
    public static PublishedTags? Of(Repository repository)
    {
        var found = new PublishedTags();
        foreach (var (_, pipeline) in repository.All<Pipeline>())
        {
            if (ChangesManifests().IsMatch(pipeline.Text.Content)) return null;
            var refs = Refs(pipeline);
            foreach (var job in pipeline.Jobs)
                foreach (var step in job.Steps)
                    foreach (var publish in step.Activities.Where(a => a.Kind == ActivityKind.PublishImage))
                        if (!found.Learn(publish, [.. step.Variables, .. job.Variables, .. pipeline.Variables], refs)) return null;
        }
        return found._byImage.Count > 0 ? found : null;
    }

    /// <summary>The tags an image is published with, as they are written; null where it is not published here.</summary>
    public IReadOnlyList<string>? Written(string image) => _byImage.TryGetValue(image, out var tags) ? [.. tags.Select(t => t.Written).Distinct()] : null;

    /// <summary>Whether one of an image's publications can have given a tag.</summary>
    public bool CanBe(string image, string tag) => _byImage.TryGetValue(image, out var tags) && tags.Any(t => Fits(tag, t.Shape));

    // what takes too long to tell may be
    private static bool Fits(string tag, string shape)
    {
        try
        {
            return Regex.IsMatch(tag, shape, RegexOptions.CultureInvariant, s_patience);
        }
        catch (RegexMatchTimeoutException)
        {
            return true;
        }
    }

    private bool Learn(Activity publish, IReadOnlyList<Variable> variables, string? refs)
    {
        if (publish.Command is { } command && (command.Has("--all-tags") || command.Arguments.Count(a => a.Text is "-t" or "--tag" || a.Text.StartsWith("--tag=", StringComparison.Ordinal)) > 1)) return false;
        if (publish.Subject is not { } subject) return false;
        var references = subject.Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return references.Length > 0 && references.All(r => Learn(Filled(r, variables), refs));
    }

    private bool Learn(string reference, string? refs)
    {
        var slash = reference.LastIndexOf('/');
        var colon = reference.IndexOf(':', slash + 1);
        var (image, tag) = colon > 0 ? (reference[..colon], reference[(colon + 1)..]) : (reference, "latest");
        if (slash < 0 || image.Contains('$') || Shape(tag, refs) is not { } shape) return false;
        if (!_byImage.TryGetValue(image, out var tags)) _byImage[image] = tags = [];
        tags.Add((shape, tag));
        return true;
    }

    /// <summary>A pattern of the tags that an expression gives; null where it can give anything.</summary>
    private static string? Shape(string tag, string? refs)
    {
        var shape = new StringBuilder("^");
        var at = 0;
        foreach (Match use in Placeholder().Matches(tag))
        {
            if (Known(use.Value, refs) is not { } piece) return null;
            shape.Append(Regex.Escape(tag[at..use.Index])).Append(piece);
            at = use.Index + use.Length;
        }
        return tag.IndexOf('$', at) >= 0 ? null : shape.Append(Regex.Escape(tag[at..])).Append('$').ToString();
    }

    private static string? Known(string expression, string? refs) =>
        RefWord().IsMatch(expression) ? refs : CommitWord().IsMatch(expression) ? "[0-9a-f]{7,40}" : NumberWord().IsMatch(expression) ? "[0-9]+" : null;

    /// <summary>A pattern of the names that a run's ref has; null where it can be any: only tags start it, and they are named.</summary>
    private static string? Refs(Pipeline pipeline)
    {
        if (pipeline.Platform != Platform.GitHubActions || pipeline.Triggers is not [{ Name: "push", Node: YamlMapping push }] || push.Entries.Any(e => e.Key.Value is "branches" or "branches-ignore" or "tags-ignore")) return null;
        var globs = push.Get("tags").ItemsOrSelf().Select(t => t.Text()).ToList();
        return globs.Count == 0 || globs.Any(g => g is null || g.StartsWith('!') || !RefGlob.IsReadable(g)) ? null : $"(?:{string.Join('|', globs.Select(g => RefGlob.Regex(g!)[1..^1]))})";
    }

    // a variable of the pipeline that is written out is as good as its value
    private static string Filled(string text, IReadOnlyList<Variable> variables) => Placeholder().Replace(text, use =>
    {
        var name = use.Value.Trim('$', '{', '}', '(', ')', ' ');
        name = name.StartsWith("env.", StringComparison.Ordinal) ? name[4..] : name;
        return variables.FirstOrDefault(v => v.Name == name)?.Value is { } value && !value.Contains('$') ? value : use.Value;
    });

    [GeneratedRegex(@"\$\{\{[^}]*\}\}|\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_]\w*", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"github\.sha|GITHUB_SHA|CI_COMMIT_(SHORT_)?SHA|Build\.SourceVersion|GIT_COMMIT", RegexOptions.CultureInvariant)]
    private static partial Regex CommitWord();

    [GeneratedRegex(@"^\$(?:\{\{\s*github\.ref_name\s*\}\}|\{?GITHUB_REF_NAME\}?|\{GITHUB_REF#refs/tags/\})$", RegexOptions.CultureInvariant)]
    private static partial Regex RefWord();

    [GeneratedRegex(@"github\.run_(number|id)|GITHUB_RUN_(NUMBER|ID)|CI_PIPELINE_I?ID|BUILD_NUMBER|Build\.BuildId", RegexOptions.CultureInvariant)]
    private static partial Regex NumberWord();

    // then what is in Git is not what is applied
    [GeneratedRegex(@"set image|\bsed\s+-|\byq\s|envsubst|--set[ -]|--values|\bsetImage|image-updater|kpt fn", RegexOptions.CultureInvariant)]
    private static partial Regex ChangesManifests();
}
