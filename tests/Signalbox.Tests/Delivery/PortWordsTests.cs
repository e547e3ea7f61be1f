using System.Text;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Tests.Delivery;

/// <summary>$PORT where no shell expands it.</summary>
public sealed class PortWordsTests
{
    private static DeliveryFile Read(string process) => DeliveryFileReader.Read(
        Encoding.UTF8.GetBytes($"apiVersion: signalbox/v1\napplication: shop\nprocess: {{ command: {process} }}\nport: 8080\n"));

    [Theory]
    [InlineData("[server, --port, $PORT]", "command: [sh, -c, 'exec server --port \"$PORT\"']")]
    [InlineData("[server, '--listen=0.0.0.0:${PORT}', it's]", "command: [sh, -c, 'exec server \"--listen=0.0.0.0:${PORT}\" ''it''\\''''s''']")]
    [InlineData("[env, A=b c, server, $PORT]", "command: [sh, -c, 'exec env ''A=b c'' server \"$PORT\"']")]
    public void Read_PortInAListWithoutAShell_WarnsWithALineThatIsReadAsMeant(string command, string help)
    {
        var file = Read(command);
        Assert.NotNull(file.Applications);
        var finding = Assert.Single(file.Findings);
        Assert.Equal(("delivery-not-expanded", Severity.Warning, 3), (finding.Id, finding.Severity, finding.Locations[0].Line));
        Assert.Equal(help, finding.Help);
        Assert.Empty(Read(help["command: ".Length..]).Findings);
    }

    [Theory]
    [InlineData("[sh, -c, 'exec server --port \"$PORT\"']")]
    [InlineData("[nice, /bin/bash, -c, 'server $PORT']")]
    [InlineData("[server, $PORTS, $HOME]")]
    [InlineData("[node, server.js]")]
    public void Read_WhatAShellExpandsOrNobodyMeant_IsFine(string command) => Assert.Empty(Read(command).Findings);

    [Fact]
    public void Read_TextWithAVariable_IsRefusedWithALineThatKeepsTheSignals() => Assert.Equal(
        "command: [sh, -c, 'exec node server.js --port $PORT']", Assert.Single(Read("node server.js --port $PORT").Findings).Help);

    [Fact]
    public void Read_HealthCommand_IsLookedAtToo()
    {
        var yaml = "apiVersion: signalbox/v1\napplication: shop\nprocess: { command: [server] }\nport: 8080\nhealth: { command: [curl, 'http://localhost:$PORT/'] }\n";
        Assert.Equal("command: [sh, -c, 'exec curl \"http://localhost:$PORT/\"']", Assert.Single(DeliveryFileReader.Read(Encoding.UTF8.GetBytes(yaml)).Findings).Help);
    }
}
