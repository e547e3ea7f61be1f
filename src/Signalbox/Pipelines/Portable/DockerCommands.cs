namespace Signalbox.Pipelines.Portable;

/// <summary>Steps about images as commands of <c>docker</c>.</summary>
internal static class DockerCommands
{
    /// <param name="word">A value as one word of a shell's command.</param>
    public static IReadOnlyList<string> Of(PortableStep step, Func<PortableText, string> word) => step switch
    {
        LoginStep login => [$"echo {word(login.Password)} | docker login --username {word(login.User)} --password-stdin{(login.Registry is { } registry ? " " + word(registry) : "")}"],
        ImageStep image => [Build(image, word), .. image.Pushes ? image.Tags.Select(t => $"docker push {word(t)}") : []],
        _ => [],
    };

    private static string Build(ImageStep image, Func<PortableText, string> word)
    {
        var words = new List<string> { "docker build" };
        if (image.File is { } file) words.Add($"--file {word(file)}");
        if (image.Target is { } target) words.Add($"--target {word(target)}");
        words.AddRange(image.Arguments.Select(a => $"--build-arg {word(a)}"));
        words.AddRange(image.Tags.Select(t => $"--tag {word(t)}"));
        words.Add(word(image.Context));
        return string.Join(' ', words);
    }

    /// <summary>Every value in it.</summary>
    public static IEnumerable<PortableText> Texts(PortableStep step) => step switch
    {
        LoginStep login => [login.Password, login.User, .. login.Registry is { } registry ? [registry] : (PortableText[])[]],
        ImageStep image => [.. new[] { image.File, image.Target }.OfType<PortableText>(), .. image.Arguments, .. image.Tags, image.Context],
        _ => [],
    };
}
