using Signalbox.Audit.Images;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnpinnedPipelineImageRule : Rule, IPinsImages, IChecks<PipelineJob>, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "unpinned-pipeline-image", "Pipeline container image not pinned", Theme.SupplyChain, RuleSeverity.Medium, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "Jobs run in an image whose contents can change under the tag", "Name the image by digest: image@sha256:…")
    {
        Fix = FixSafety.Safe,
        Details = "Shown to everyone where the image has no tag or `latest`; a tag that moves with each release (`node:22`) is pedantic. Values of a matrix are followed. " + KnownDigests.Source,
    };

    public void Check(PipelineJob site, Report report)
    {
        if (site.Job.Container is { } container) CheckImage(container.Reference, container.Range, site.Job, report, !container.IsNamedElsewhere);
        foreach (var service in site.Job.Services) CheckImage(service.Reference, service.Range, site.Job, report, !service.IsNamedElsewhere);
    }

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is { Image: { } image } uses) CheckImage(image, uses.Range, site.Job, report);
    }

    private static void CheckImage(string? reference, TextRange at, Job job, Report report, bool pins = true)
    {
        if (string.IsNullOrWhiteSpace(reference)) return;
        foreach (var image in Values(reference, job))
        {
            var level = Look(image);
            if (level is null) continue;
            report.At(at, $"image '{YamlQuote.Short(image)}' is not pinned to a digest", "its contents can change", level: level.Persona is null ? null : level,
                fix: pins && image == reference && WrittenImage.Parse(image) is { } written ? KnownDigests.Of(report.Repository).Pin(report.File, at, image, written) : null);
            return;
        }
    }

    /// <summary>How much an image is worth saying: null where it is pinned or cannot be known.</summary>
    private static Level? Look(string image)
    {
        if (image.Contains('$') || image.Contains("@sha256:", StringComparison.Ordinal) || image.Contains("@sha512:", StringComparison.Ordinal)) return null;
        var name = image[(image.LastIndexOf('/') + 1)..];
        var tag = name.IndexOf(':') is >= 0 and var colon ? name[(colon + 1)..] : "";
        if (tag is "" or "latest") return new();
        // a full version is moved by accident alone; a short one with each release
        return tag.Count(c => c == '.') >= 2 && char.IsAsciiDigit(tag[tag[0] == 'v' && tag.Length > 1 ? 1 : 0]) ? null : Level.Pedantic;
    }

    /// <summary>The image, or the values a matrix gives it.</summary>
    private static IEnumerable<string> Values(string reference, Job job)
    {
        const string Start = "matrix.";
        var inner = reference.Trim();
        if (!inner.StartsWith("${{", StringComparison.Ordinal) || !inner.EndsWith("}}", StringComparison.Ordinal) || !inner[3..^2].Trim().StartsWith(Start, StringComparison.Ordinal)) return [reference];
        var path = inner[3..^2].Trim()[Start.Length..].Split('.');
        var rows = job.Matrix?.Node.Get(path[0]).Items() ?? [];
        var included = (job.Matrix?.Node.Get("include").Items() ?? []).Select(i => i.Get(path[0])).OfType<YamlNode>();
        return rows.Concat(included).Select(r => path.Skip(1).Aggregate((YamlNode?)r, (node, key) => node.Get(key)).Text()).OfType<string>();
    }
}
