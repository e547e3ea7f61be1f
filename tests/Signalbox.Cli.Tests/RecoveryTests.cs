using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary>Backup, restore, drills and runbooks on real installations.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task Backup_OfARunningInstallation_IsRestoredAndServes()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var made = await shop.JsonAsync("backup", "--to", shop.Join("backup"));
        var head = made.GetProperty("head").GetString()!;
        Assert.True(made.GetProperty("files").GetInt32() >= 4);
        // nothing that no digest speaks of, also after somebody has looked
        (await shop.RunAsync("restore", shop.Join("backup"), "--check")).Expect(0);
        Assert.Equal(made.GetProperty("files").GetInt32() + 1, Directory.EnumerateFiles(shop.Join("backup"), "*", SearchOption.AllDirectories).Count());
        Assert.Contains("backup-exists", (await shop.RunAsync("backup", "--to", shop.Join("backup"))).Expect(1).Error);

        // what came after it is known, so an older copy is not put in its place by accident
        (await shop.RunAsync("token", "create", "carol", "--scope", "read")).Expect(0);
        Assert.Contains("state-in-use", (await shop.RunAsync("restore", shop.Join("backup"), "--force")).Expect(1).Error);
        (await shop.RunAsync("down")).Expect(0);
        var refused = (await shop.RunAsync("restore", shop.Join("backup"))).Expect(1);
        Assert.Contains("error[backup-older-than-known]", refused.Error);
        Assert.Contains("--force", refused.Error);
        // and a runbook, which asks first and stops everything then, ends before it has stopped anything
        Assert.Contains("it would be refused: backup-older-than-known", (await shop.RunAsync("restore", shop.Join("backup"), "--check")).Expect(1).Out);
        (await shop.RunAsync("restore", shop.Join("backup"), "--check", "--head", head, "--force")).Expect(0);

        var restored = await shop.JsonAsync("restore", shop.Join("backup"), "--force");
        Assert.True(Directory.Exists(restored.GetProperty("kept").GetString()));
        Assert.True(restored.GetProperty("lost").GetInt64() > 0);
        (await shop.RunAsync("ledger", "verify", "--head", head)).Expect(0);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        Assert.Equal("v1", await shop.VersionAsync());
        Assert.DoesNotContain("carol", (await shop.RunAsync("token", "list")).Expect(0).Out);
    }

    [Fact]
    public async Task Restore_OntoAnEmptyMachine_BringsTheArtifactsToo()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        (await shop.RunAsync("backup", "--to", shop.Join("backup"))).Expect(0);
        (await shop.RunAsync("down", "--delete-data")).Expect(0);
        (await shop.RunAsync("restore", shop.Join("backup"))).Expect(0);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        Assert.Equal("v1", await shop.VersionAsync());
    }

    [Theory]
    [InlineData("ledger.db")]
    [InlineData("ledger.key")]
    [InlineData("artifacts/")]
    [InlineData("backup.json")]
    public async Task Restore_OfABrokenBackup_IsRefusedAndChangesNothing(string part)
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        (await shop.RunAsync("backup", "--to", shop.Join("backup"))).Expect(0);
        (await shop.RunAsync("down")).Expect(0);
        var path = Directory.EnumerateFiles(shop.Join("backup"), "*", SearchOption.AllDirectories).First(file => file.Contains("/backup/" + part, StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^(bytes.Length / 3)] ^= 0x55;
        await File.WriteAllBytesAsync(path, bytes);
        Assert.Contains("error[backup-broken]", (await shop.RunAsync("restore", shop.Join("backup"))).Expect(1).Error);
        Assert.Contains("error[backup-broken]", (await shop.RunAsync("restore", shop.Join("backup"), "--check")).Expect(1).Error);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        Assert.Equal("v1", await shop.VersionAsync());
    }

    /// <summary>What cannot be had is named and left out; the rest is put in place, or nothing is.</summary>
    [Fact]
    public async Task Restore_Forced_TakesWhatCanBeReadOfABrokenBackup()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Release("v2");
        (await shop.RunAsync("deploy", shop.App)).Expect(0);
        (await shop.RunAsync("backup", "--to", shop.Join("backup"))).Expect(0);
        (await shop.RunAsync("down")).Expect(0);
        var artifacts = Directory.GetFiles(shop.Join("backup/artifacts"));
        Assert.Equal(2, artifacts.Length);
        File.Delete(artifacts[0]);
        var restored = await shop.JsonAsync("restore", shop.Join("backup"), "--force");
        Assert.Equal([$"artifacts/{Path.GetFileName(artifacts[0])}"], restored.GetProperty("leftOut").EnumerateArray().Select(file => file.GetString()));
        Assert.Equal(1, restored.GetProperty("artifacts").GetInt32());
        Assert.Contains("installation.restored/1", System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(shop.State, "ledger.db"))), StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.GetDirectoryName(shop.State)!, "*.restoring-*"));
    }

    /// <summary>Nothing but a backup has what people put into the state directory.</summary>
    [Fact]
    public async Task Backup_HasWhatPeoplePutThere()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        string[] files = ["identities.yaml", "notation/trustpolicy.json", "notation/truststore/x509/ca/acme/root.pem"];
        foreach (var file in files) shop.Write($"state/{file}", $"of {file}\n");
        (await shop.RunAsync("backup", "--to", shop.Join("backup"))).Expect(0);
        (await shop.RunAsync("down", "--delete-data")).Expect(0);
        (await shop.RunAsync("restore", shop.Join("backup"))).Expect(0);
        foreach (var file in files) Assert.Equal($"of {file}\n", await File.ReadAllTextAsync(Path.Combine(shop.State, file)));
    }

    /// <summary>What was revoked after the backup stays revoked where that is known, and who restores is shown what is good.</summary>
    [Fact]
    public async Task Restore_DoesNotBringARevokedTokenBack()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var tokens = new Dictionary<string, string>();
        foreach (var name in (string[])["carol", "dave"]) tokens[name] = (await shop.JsonAsync("token", "create", name, "--scope", "read")).GetProperty("view").GetProperty("id").GetString()!;
        (await shop.RunAsync("backup", "--to", shop.Join("backup"))).Expect(0);
        (await shop.RunAsync("token", "revoke", tokens["carol"])).Expect(0);
        (await shop.RunAsync("down")).Expect(0);
        var said = (await shop.RunAsync("restore", shop.Join("backup"), "--force")).Expect(0);
        Assert.Contains("taken over, since they came after it: 1 revoked token", said.Out);
        Assert.Contains($"{tokens["dave"]}  dave (read)", said.Out);
        Assert.DoesNotContain(tokens["carol"], said.Out);
        Assert.Contains("what was there is in", said.Error);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var list = (await shop.RunAsync("token", "list")).Expect(0).Out;
        Assert.Contains("dave", list);
        Assert.DoesNotContain("carol", list);
        (await shop.RunAsync("ledger", "verify")).Expect(0);
    }

    /// <summary>A new installation with few entries is another one, however long the backup's ledger is.</summary>
    [Fact]
    public async Task Restore_OverAnotherInstallation_IsRefused()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Release("v2");
        (await shop.RunAsync("deploy", shop.App)).Expect(0);
        (await shop.RunAsync("backup", "--to", shop.Join("backup"))).Expect(0);
        (await shop.RunAsync("down", "--delete-data")).Expect(0);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        (await shop.RunAsync("down")).Expect(0);
        Assert.Contains("error[backup-of-another]", (await shop.RunAsync("restore", shop.Join("backup"))).Expect(1).Error);
    }

    /// <summary>Workloads outlive a killed host: the restored one would start them a second time.</summary>
    [Fact]
    public async Task Restore_WhileWorkloadsRun_IsRefused()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        (await shop.RunAsync("backup", "--to", shop.Join("backup"))).Expect(0);
        var plane = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(shop.State, "control.json"))).RootElement.GetProperty("processId").GetInt32();
        var host = int.Parse((await File.ReadAllTextAsync(Path.Combine(shop.State, "host.pid"))).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        foreach (var id in (int[])[plane, host])
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
            await process.WaitForExitAsync();
        }
        var refused = (await shop.RunAsync("restore", shop.Join("backup"), "--force")).Expect(1);
        Assert.Contains("error[state-in-use]", refused.Error);
        Assert.Contains("1 workload runs on", refused.Error);
        // its shim is killed, too: it runs all the same
        var shim = JsonDocument.Parse(await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(shop.State, "instances"), "running.json", SearchOption.AllDirectories).Single())).RootElement.GetProperty("shimPid").GetInt32();
        using (var process = System.Diagnostics.Process.GetProcessById(shim))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        refused = (await shop.RunAsync("restore", shop.Join("backup"), "--force")).Expect(1);
        Assert.Contains("what a killed shim left runs on", refused.Error);
        Assert.Empty(Directory.GetDirectories(Path.GetDirectoryName(shop.State)!, "*.restoring-*"));
    }

    [Fact]
    public async Task Manifest_ThatLeadsElsewhere_IsRefused()
    {
        await using var shop = new Shop();
        foreach (var path in (string[])["../../etc/passwd", "/etc/passwd", "content/aa/../../x", "notation/../token", "notation", "token", "artifacts/x.tar"])
        {
            shop.Write("backup/backup.json", $$"""{"format":1,"version":"0","madeAt":"2026-01-01T00:00:00+00:00","state":"/x","head":"1:{{new string('a', 64)}}","files":[{"path":"ledger.db","size":1,"sha256":"0"},{"path":"{{path}}","size":1,"sha256":"0"}]}""");
            Assert.Contains("backup-broken", (await shop.RunAsync("restore", shop.Join("backup"), "--force")).Expect(1).Error);
        }
        foreach (var text in (string[])["", "null", "[]", """{"format":2}""", """{"format":1,"head":"x","files":[null]}"""])
        {
            shop.Write("backup/backup.json", text);
            Assert.Contains("backup-broken", (await shop.RunAsync("restore", shop.Join("backup"))).Expect(1).Error);
        }
    }

    [Fact]
    public async Task Drills_AreMeasuredAndRecorded()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var back = await shop.JsonAsync("drill", "rollback", shop.App);
        Assert.Equal((true, "shop"), (back.GetProperty("passed").GetBoolean(), back.GetProperty("application").GetString()));
        Assert.Equal(0, back.GetProperty("failedRequests").GetInt64());
        var restored = await shop.JsonAsync("drill", "restore", shop.App, "--releases", "20");
        Assert.True(restored.GetProperty("passed").GetBoolean());
        Assert.True(restored.GetProperty("releases").GetInt32() >= 20);
        var history = (await shop.RunAsync("history", "--app", "shop")).Expect(0).Out;
        Assert.Contains("drill rollback passed: back after", history);
        Assert.Contains("drill restore passed: back after", history);
        Assert.Matches("yes +disaster recovery tested", (await shop.RunAsync("release", "show", "shop-1")).Expect(0).Out);
        Assert.Equal("v1", await shop.VersionAsync());
    }

    /// <summary>It runs by the real environment variables, so nothing of it takes jobs, runs a schedule or opens data that two must not open.</summary>
    [Fact]
    public async Task Drill_RunsNoWorkers_AndOpensNoExclusiveData()
    {
        await using var shop = new Shop(port => $$"""
            apiVersion: signalbox/v1
            application: shop
            services:
              web:
                process: { command: [signalbox, example-app] }
                port: {{port}}
                health: { http: /healthz, interval: 200ms }
              jobs:
                kind: worker
                process: { command: [sh, ./jobs.sh] }
            """);
        // a workload may have a user of its own
        var open = Directory.CreateTempSubdirectory("signalbox-taken-");
        File.SetUnixFileMode(open.FullName, (UnixFileMode)0x1ff);
        var taken = Path.Combine(open.FullName, "jobs");
        await File.WriteAllTextAsync(Path.Combine(shop.App, "jobs.sh"), $"echo a job >> {taken}\nexec sleep 1000\n");
        (await shop.RunAsync("drill", "rollback", shop.App, "--env", "production")).Expect(0);
        Assert.False(File.Exists(taken));
        var file = Path.Combine(shop.App, "signalbox.yaml");
        var shared = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, shared.Replace("    port:", "    data: exclusive\n    port:", StringComparison.Ordinal));
        var refused = (await shop.RunAsync("drill", "rollback", shop.App, "--env", "production")).Expect(1);
        Assert.Contains("error[drill-exclusive-data]", refused.Error);
        Assert.Contains("--with-data", refused.Error);
        await File.WriteAllTextAsync(file, shared);
        (await shop.RunAsync("drill", "rollback", shop.App, "--env", "production", "--with-workers")).Expect(0);
        Assert.True(File.Exists(taken));
        open.Delete(recursive: true);
    }

    [Fact]
    public async Task Runbook_IsWrittenForThisInstallation_AndRunStepByStep()
    {
        await using var shop = new Shop();
        Assert.Contains("rotate-token", (await shop.RunAsync("runbook", "list")).Expect(0).Out);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Release("v2");
        (await shop.RunAsync("deploy", shop.App)).Expect(0);
        var page = (await shop.RunAsync("runbook", "show")).Expect(0).Out;
        Assert.StartsWith("# Runbooks of shop/production\n", page, StringComparison.Ordinal);
        Assert.Contains($"signalbox rollback --app shop --env production --reason 'runbook roll-back' --state {shop.State}", page);

        Assert.Contains("runbook-nobody-to-ask", (await shop.RunAsync("runbook", "run", "roll-back")).Expect(2).Error);
        Assert.Contains("--set BACKUP=VALUE", (await shop.RunAsync("runbook", "run", "restore", "--yes")).Expect(2).Error);
        (await shop.RunAsync("runbook", "run", "roll-back", "--yes")).Expect(0);
        Assert.Equal("v1", await shop.VersionAsync());
        var steps = (await shop.RunAsync("history", "--app", "shop")).Expect(0).Out.Split('\n').Count(line => line.Contains("runbook roll-back, step", StringComparison.Ordinal));
        Assert.Equal(5, steps);

        // a step that fails ends it, and says so
        var failed = (await shop.RunAsync("runbook", "run", "rotate-token", "--step", "4", "--set", "TOKEN=tok-99", "--yes", "--format", "json")).Expect(1);
        Assert.Equal("failed", JsonDocument.Parse(failed.Out).RootElement.GetProperty("steps")[0].GetProperty("outcome").GetString());
    }
}
