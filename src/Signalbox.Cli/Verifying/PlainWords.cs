using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Registries;

namespace Signalbox.Cli.Verifying;

/// <summary>
/// What a word means that could also be the name of a file. An image and a digest are what they read like: a checkout from outside may
/// hold a file of any name, and would else take their place.
/// </summary>
internal static class PlainWords
{
    /// <param name="verb">What was typed before the word, for the line to paste.</param>
    /// <returns>Null where it names no image in a registry.</returns>
    /// <exception cref="SignalboxException">A file has that name, too.</exception>
    public static ImageReference? Image(string word, string verb) =>
        ImageReference.NamesRegistry(word) && ImageReference.TryParse(word, out var image) ? NoPath(word, verb, "an image in a registry", image!) : null;

    /// <inheritdoc cref="Image"/>
    /// <returns>Null where it is no digest.</returns>
    public static string? OfDigest(string word, string verb) => Evidence.Verification.ArtifactDigest.TryParse(word, out _) ? NoPath(word, verb, "a digest", word) : null;

    private static T NoPath<T>(string word, string verb, string what, T meant) => !Path.Exists(word) ? meant : throw new SignalboxException(ExitCode.Usage, Finding.Error(
        "usage", $"'{word}' reads as {what}, and is here as a file or directory, too; expected ./ before it where that is meant, or a directory that has none", new("command line"), $"signalbox {verb} {Words.Quote("./" + word)}"));
}
