using Signalbox.Audit.Compose;
using Signalbox.Audit.Docker;
using Signalbox.Audit.Kubernetes;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Images;

/// <summary>An image that is run, built on, or that jobs run in.</summary>
/// <param name="OnePlatform">It is taken for one platform, so that its digest may be that platform's alone.</param>
internal readonly record struct UsedImage(WrittenImage Image, bool OnePlatform = false);

/// <summary>The images that a repository uses.</summary>
internal static class UsedImages
{
    public static IEnumerable<UsedImage> Of(Repository repository) =>
        [.. Pods(repository), .. Bases(repository), .. Services(repository), .. Jobs(repository)];

    private static IEnumerable<UsedImage> Pods(Repository repository) => Known(repository.All<PodContainer>().Select(c => c.Document.EffectiveImage));

    private static IEnumerable<UsedImage> Bases(Repository repository) =>
        from dockerfile in repository.All<Dockerfile>()
        from stage in dockerfile.Document.Stages
        let image = stage.Outside
        where image is not null
        select new UsedImage(image, stage.From.Flag("platform") is { } platform && !platform.Text.Contains('$'));

    private static IEnumerable<UsedImage> Services(Repository repository) =>
        from service in repository.All<ComposeService>()
        let image = service.Document.Image
        where image is not null && !service.Document.IsBuilt
        select new UsedImage(image, service.Document.Root.Entry("platform") is not null);

    private static IEnumerable<UsedImage> Jobs(Repository repository) =>
        Known(repository.All<Pipeline>().SelectMany(p => p.Document.Jobs).SelectMany(References).Select(WrittenImage.Parse));

    private static IEnumerable<string?> References(Job job) =>
        [.. job.Services.Prepend(job.Container).Where(i => i is { IsNamedElsewhere: false }).Select(i => i!.Reference), .. job.Steps.Select(s => s.Uses?.Image)];

    private static IEnumerable<UsedImage> Known(IEnumerable<WrittenImage?> images) => images.OfType<WrittenImage>().Select(i => new UsedImage(i));
}
