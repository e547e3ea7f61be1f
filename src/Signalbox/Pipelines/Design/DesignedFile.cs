namespace Signalbox.Pipelines.Design;

/// <summary>A file that is designed.</summary>
/// <param name="Path">Below the repository's root, with slashes.</param>
/// <param name="Text">Its text, its heading included; ends with a line break.</param>
public sealed record DesignedFile(string Path, string Text)
{
    /// <summary>Where a repository keeps what was last written (decision 130).</summary>
    public const string Folder = ".signalbox-design";
}
