using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary>What becomes of a backup, and of one that is restored, where a part of it is not what it was.</summary>
public sealed class DamagedBackupTests
{
    /// <summary>One artifact that somebody touched, however old, keeps nobody from having a backup.</summary>
    [Theory]
    [InlineData(UnixFileMode.None)]
    [InlineData(UnixFileMode.SetUser)]
    public async Task Backup_WithAnAlteredArtifact_LeavesItOutAndSaysSo(UnixFileMode also)
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var artifact = JsonDocument.Parse(await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(shop.State, "instances"), "spec.json", SearchOption.AllDirectories).Single())).RootElement.GetProperty("workingDirectory").GetString()!;
        var file = Path.Combine(artifact, "app.json");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.AppendAllTextAsync(file, " ");
        // no artifact has such a file, so nothing packs it
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | also);
        var made = (await shop.RunAsync("backup", "--to", shop.Join("backup"))).Expect(0);
        Assert.Contains($"the artifact in {artifact} is not what its name says any more; it is left out", made.Error);
        Assert.Equal(0, (await shop.JsonAsync("restore", shop.Join("backup"), "--check")).GetProperty("artifacts").GetInt32());
    }

    /// <summary>Who gets in by a file that was altered would be whoever altered it.</summary>
    [Fact]
    public async Task Restore_Forced_LeavesOutWhoGetsIn_WhereItIsNotWhatWasWritten()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Write("state/identities.yaml", "# nobody\n");
        shop.Write("state/notation/trustpolicy.json", "{}\n");
        (await shop.RunAsync("backup", "--to", shop.Join("backup"))).Expect(0);
        (await shop.RunAsync("down")).Expect(0);
        await File.AppendAllTextAsync(shop.Join("backup/identities.yaml"), "# somebody\n");
        var restored = await shop.JsonAsync("restore", shop.Join("backup"), "--force");
        Assert.Equal(["identities.yaml"], restored.GetProperty("leftOut").EnumerateArray().Select(file => file.GetString()));
        Assert.False(File.Exists(Path.Combine(shop.State, "identities.yaml")));
        Assert.True(File.Exists(Path.Combine(shop.State, "notation/trustpolicy.json")));
    }
}
