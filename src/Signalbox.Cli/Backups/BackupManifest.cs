using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Api;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Backups;

/// <summary>What a backup holds, written last: a directory without it is no backup.</summary>
/// <param name="Format">1; another one is of another version.</param>
/// <param name="State">The state directory it was made of.</param>
/// <param name="Head">The ledger's head in the copy, <c>SEQUENCE:HASH</c>.</param>
/// <param name="Files">Everything else in the directory, by its path in it.</param>
internal sealed record BackupManifest(int Format, string Version, DateTimeOffset MadeAt, string State, string Head, IReadOnlyList<BackupFile> Files)
{
    public const string Name = "backup.json";

    public const int CurrentFormat = 1;

    private const long MostBytes = 256 << 20;

    public long Size => Files.Sum(file => file.Size);

    /// <exception cref="SignalboxException">It is missing or malformed.</exception>
    public static BackupManifest Read(string directory)
    {
        var path = Path.Combine(directory, Name);
        try
        {
            if (new FileInfo(path).Length > MostBytes) throw Broken(directory, $"{Name} has more than {MostBytes:N0} bytes");
            var read = JsonSerializer.Deserialize(File.ReadAllBytes(path), BackupJson.Default.BackupManifest);
            return read is { Files: not null, Head: not null, Format: CurrentFormat } && read.Files.All(file => file is { Path: not null, Sha256: not null }) ? read : throw Broken(directory, $"{Name} is not of format {CurrentFormat}");
        }
        catch (JsonException)
        {
            throw Broken(directory, $"{Name} is not what a backup writes");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("backup-missing", $"there is no backup: {path} does not exist", new(directory), "signalbox backup --to DIR"));
        }
    }

    public void Write(string directory) => BackupFiles.WriteNew(Path.Combine(directory, Name), stream => JsonSerializer.Serialize(stream, this, BackupJson.Default.BackupManifest));

    public static SignalboxException Broken(string directory, string why) => new(ExitCode.No, Finding.Error(
        "backup-broken", $"the backup is not what was written: {why}", new(directory), "signalbox backup   # or take an earlier one; --force takes what can be read of this one"));
}

/// <param name="Path">Relative, with <c>/</c>.</param>
/// <param name="Sha256">Lower-case hex.</param>
internal sealed record BackupFile(string Path, long Size, string Sha256);

/// <summary>What <c>backup</c> answers in JSON.</summary>
internal sealed record BackupView(string Path, string Head, DateTimeOffset MadeAt, int Files, long Bytes, double Seconds);

/// <summary>What <c>restore</c> answers in JSON.</summary>
/// <param name="Lost">Entries that the state directory had and the backup has not; 0 where it is not known that there were more.</param>
/// <param name="Kept">Where what was there before lies now; null where nothing was.</param>
/// <param name="LeftOut">Files of the backup that could not be had; only where it was forced.</param>
/// <param name="Tokens">That are in force by the restored ledger.</param>
/// <param name="Revoked">How many revocations were taken over from the ledger that was there.</param>
/// <param name="Refused">Checked only: why it would be refused; null where it would not.</param>
internal sealed record RestoreView(
    string State, string Head, DateTimeOffset MadeAt, long Lost, string? Kept, int Artifacts, IReadOnlyList<string> LeftOut, IReadOnlyList<TokenView> Tokens, int Revoked,
    double Seconds, bool Checked, string? Refused);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BackupManifest))]
[JsonSerializable(typeof(BackupView))]
[JsonSerializable(typeof(RestoreView))]
internal sealed partial class BackupJson : JsonSerializerContext;
