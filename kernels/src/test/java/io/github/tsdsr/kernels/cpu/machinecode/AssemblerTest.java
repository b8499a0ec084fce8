package io.github.tsdsr.kernels.cpu.machinecode;

import static io.github.tsdsr.kernels.cpu.machinecode.Operand.at;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.constant;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.spread;
import static io.github.tsdsr.kernels.cpu.machinecode.Operand.vector;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R10;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R11;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R12;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R13;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R14;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R15;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R8;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.R9;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RAX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RBP;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RBX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RCX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RDX;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSI;
import static io.github.tsdsr.kernels.cpu.machinecode.Register.RSP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what GNU as makes of the same instructions (binutils 2.40, "{evex}" before those that have a shorter form too). */
class AssemblerTest {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private static Arguments instruction(String text, String bytes, Consumer<Assembler> write) {
    return Arguments.of(text, bytes, write);
  }

  static Stream<Arguments> instructions() {
    return Stream.of(
        instruction("vaddps zmm1, zmm2, zmm3", "62 f1 6c 48 58 cb", a -> a.vaddps(1, 2, vector(3))),
        instruction("vaddps zmm31, zmm30, zmm29", "62 01 0c 40 58 fd", a -> a.vaddps(31, 30, vector(29))),
        instruction("vaddps zmm9{k2}{z}, zmm9, zmmword ptr [rbx+64]", "62 71 34 ca 58 4b 01",
            a -> a.vaddps(9, 9, at(RBX, 64), Mask.K2)),
        instruction("vsubps zmm1, zmm18, zmmword ptr [r13]", "62 d1 6c 40 5c 4d 00", a -> a.vsubps(1, 18, at(R13, 0))),
        instruction("vsubps zmm8{k1}{z}, zmm7, zmm6", "62 71 44 c9 5c c6", a -> a.vsubps(8, 7, vector(6), Mask.K1)),
        instruction("vmulps zmm4, zmm5, dword ptr [rsp+4]{1to16}", "62 f1 54 58 59 64 24 01",
            a -> a.vmulps(4, 5, spread(at(RSP, 4)))),
        instruction("vdivps zmm16, zmm0, zmm15", "62 c1 7c 48 5e c7", a -> a.vdivps(16, 0, vector(15))),
        instruction("vminps zmm7, zmm8, zmm9", "62 d1 3c 48 5d f9", a -> a.vminps(7, 8, vector(9))),
        instruction("vmaxps zmm7, zmm24, zmm25", "62 91 3c 40 5f f9", a -> a.vmaxps(7, 24, vector(25))),
        instruction("vfmadd231ps zmm17, zmm3, dword ptr [rax+r9*2]{1to16}", "62 a2 65 58 b8 0c 48",
            a -> a.vfmadd231ps(17, 3, spread(at(RAX, R9, 2, 0)))),
        instruction("vfmadd231ps zmm3, zmm26, zmm20", "62 b2 2d 40 b8 dc", a -> a.vfmadd231ps(3, 26, vector(20))),
        instruction("vfmadd213ps zmm3, zmm2, zmmword ptr [r12+r8*8-8192]", "62 92 6d 48 a8 5c c4 80",
            a -> a.vfmadd213ps(3, 2, at(R12, R8, 8, -8192))),
        instruction("vdpbf16ps zmm17, zmm3, zmm20", "62 a2 66 48 52 cc", a -> a.vdpbf16ps(17, 3, vector(20))),
        instruction("vcvtneps2bf16 ymm9, zmm26", "62 12 7e 48 72 ca", a -> a.vcvtneps2bf16(9, 26)),
        instruction(
            "vmovups ymmword ptr [r10+64], ymm11", "62 51 7c 28 11 5a 02", a -> a.vmovupsHalf(at(R10, 64), 11)),
        instruction("vpxord zmm20, zmm20, zmm20", "62 a1 5d 40 ef e4", a -> a.vpxord(20, 20, vector(20))),
        instruction("vpaddd zmm1, zmm17, zmm2", "62 f1 75 40 fe ca", a -> a.vpaddd(1, 17, vector(2))),
        instruction("vpslld zmm21, zmm4, 23", "62 f1 55 40 72 f4 17", a -> a.vpslld(21, 4, 23)),
        instruction("valignd zmm6, zmm22, zmm5, 8", "62 f3 4d 40 03 f5 08", a -> a.valignd(6, 22, 5, 8)),
        instruction("vbroadcastss zmm27, xmm19", "62 22 7d 48 18 db", a -> a.vbroadcastss(27, vector(19))),
        instruction("vbroadcastss zmm27, dword ptr [r10+r9]", "62 02 7d 48 18 1c 0a",
            a -> a.vbroadcastss(27, at(R10, R9, 1, 0))),
        instruction("vbroadcastss zmm1, dword ptr [rbp]", "62 f2 7d 48 18 4d 00", a -> a.vbroadcastss(1, at(RBP, 0))),
        instruction("vmovups zmm28, zmmword ptr [r13+128]", "62 41 7c 48 10 65 02", a -> a.vmovups(28, at(R13, 128))),
        instruction("vmovups zmm28{k3}{z}, zmmword ptr [rdi+100]", "62 61 7c cb 10 a7 64 00 00 00",
            a -> a.vmovups(28, at(RDI, 100), Mask.K3)),
        instruction("vmovups zmmword ptr [r10+rcx*4+64], zmm11", "62 51 7c 48 11 5c 8a 01",
            a -> a.vmovups(at(R10, RCX, 4, 64), 11)),
        instruction("vmovups zmmword ptr [r10-64]{k7}, zmm23", "62 c1 7c 4f 11 7a ff",
            a -> a.vmovups(at(R10, -64), 23, Mask.K7)),
        instruction("vmovaps zmm30, zmm2", "62 61 7c 48 28 f2", a -> a.vmovaps(30, 2)),
        instruction("vmovss dword ptr [rsi+8], xmm3", "62 f1 7e 08 11 5e 02", a -> a.vmovss(at(RSI, 8), 3)),
        instruction("vmovsd xmm4, qword ptr [r9+16]", "62 d1 ff 08 10 61 02", a -> a.vmovsd(4, at(R9, 16))),
        instruction("vcvtss2sd xmm1, xmm2, xmm2", "62 f1 6e 08 5a ca", a -> a.vcvtss2sd(1, 2)),
        instruction("vcvtsd2ss xmm17, xmm2, xmm2", "62 e1 ef 08 5a ca", a -> a.vcvtsd2ss(17, 2)),
        instruction("vaddsd xmm1, xmm2, xmm3", "62 f1 ef 08 58 cb", a -> a.vaddsd(1, 2, 3)),
        instruction("vsubsd xmm1, xmm22, xmm3", "62 f1 cf 00 5c cb", a -> a.vsubsd(1, 22, 3)),
        instruction("vmulsd xmm1, xmm2, xmm23", "62 b1 ef 08 59 cf", a -> a.vmulsd(1, 2, 23)),
        instruction("vdivsd xmm1, xmm2, xmm3", "62 f1 ef 08 5e cb", a -> a.vdivsd(1, 2, 3)),
        instruction("vmaxsd xmm1, xmm2, xmm3", "62 f1 ef 08 5f cb", a -> a.vmaxsd(1, 2, 3)),
        instruction("vsqrtsd xmm16, xmm3, xmm3", "62 e1 e7 08 51 c3", a -> a.vsqrtsd(16, 3)),
        instruction("vzeroupper", "c5 f8 77", a -> a.vzeroupper()),
        instruction("kmovw k6, r10d", "c4 c1 78 92 f2", a -> a.kmovw(Mask.K6, R10)),
        instruction("bzhi rax, rcx, r10", "c4 e2 a8 f5 c1", a -> a.bzhi(RAX, RCX, R10)),
        instruction("bzhi r11, r12, rdx", "c4 42 e8 f5 dc", a -> a.bzhi(R11, R12, RDX)),
        instruction("mov rax, rdi", "48 89 f8", a -> a.mov(RAX, RDI)),
        instruction("mov r8, rdx", "49 89 d0", a -> a.mov(R8, RDX)),
        instruction("mov rcx, r15", "4c 89 f9", a -> a.mov(RCX, R15)),
        instruction("mov rcx, -1", "48 c7 c1 ff ff ff ff", a -> a.mov(RCX, -1)),
        instruction("mov r14, qword ptr [rbp+88]", "4c 8b 75 58", a -> a.mov(R14, at(RBP, 88))),
        instruction("mov qword ptr [rbp-48], r8", "4c 89 45 d0", a -> a.mov(at(RBP, -48), R8)),
        instruction("lea r11, [rbx+r9*2]", "4e 8d 1c 4b", a -> a.lea(R11, at(RBX, R9, 2, 0))),
        instruction("lea rax, [rsp+r12*1+1000]", "4a 8d 84 24 e8 03 00 00", a -> a.lea(RAX, at(RSP, R12, 1, 1000))),
        instruction("add r13, r14", "4d 01 f5", a -> a.add(R13, R14)),
        instruction("add r8, qword ptr [rbp+24]", "4c 03 45 18", a -> a.add(R8, at(RBP, 24))),
        instruction("add qword ptr [rbp-56], rdx", "48 01 55 c8", a -> a.add(at(RBP, -56), RDX)),
        instruction("sub rcx, r11", "4c 29 d9", a -> a.sub(RCX, R11)),
        instruction("shr rax, 16", "48 c1 e8 10", a -> a.shr(RAX, 16)),
        instruction("ret", "c3", a -> a.ret()),
        instruction("cpuid", "0f a2", a -> a.cpuid()),
        instruction("xgetbv", "0f 01 d0", a -> a.xgetbv()),
        instruction("add r13, 64", "49 83 c5 40", a -> a.add(R13, 64)),
        instruction("sub rsp, 24", "48 83 ec 18", a -> a.sub(RSP, 24)),
        instruction("cmp r8, 1", "49 83 f8 01", a -> a.cmp(R8, 1)),
        instruction("push r12", "41 54", a -> a.push(R12)),
        instruction("pop rbx", "5b", a -> a.pop(RBX)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("instructions")
  void writesTheBytesOfTheInstruction(String text, String bytes, Consumer<Assembler> write) {
    Assembler a = new Assembler();
    write.accept(a);
    int length = a.position();
    assertEquals(bytes, HEX.formatHex(a.bytes(), 0, length), text);
  }

  @Test
  void jumpsReachLabelsBeforeAndBehindThem() {
    Assembler a = new Assembler();
    Label end = new Label();
    Label start = a.here();
    a.jump(Assembler.Condition.ZERO, end);
    a.jump(Assembler.Condition.ALWAYS, start);
    a.bind(end);
    a.ret();
    assertEquals("0f 84 05 00 00 00 e9 f5 ff ff ff c3", HEX.formatHex(a.bytes(), 0, 12));
  }

  @Test
  void aConstantLiesBehindTheCodeAndOnceOnly() {
    Assembler a = new Assembler();
    a.vmulps(1, 2, constant(1f));
    a.vaddps(1, 1, constant(1f));
    a.ret();
    byte[] bytes = a.bytes();
    assertEquals("62 f1 6c 58 59 0d 16 00 00 00 62 f1 74 58 58 0d 0c 00 00 00 c3", HEX.formatHex(bytes, 0, 21));
    assertEquals("00 00 80 3f", HEX.formatHex(bytes, 32, bytes.length));
  }

  @Test
  void aJumpToNowhereIsRefused() {
    Assembler code = new Assembler();
    code.jump(Assembler.Condition.ALWAYS, new Label());
    assertThrows(IllegalStateException.class, code::bytes);
  }
}
