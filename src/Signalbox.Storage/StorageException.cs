namespace Signalbox.Storage;

/// <summary>The state on disk cannot be read or written; says what was seen and a line that may mend it.</summary>
/// <param name="id">kebab-case and stable, as a finding's.</param>
public sealed class StorageException(string id, string message, string? help, Exception? inner = null)
    : IOException(message, inner)
{
    public string Id { get; } = id;

    public string? Help { get; } = help;
}
