#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/program/gnc_process.hpp"
#include "tests/program/run_folder.hpp"
#include "tests/report/scratch_folder.hpp"

namespace gnc {
namespace {

/// A copy of quickstart, with programs in place of cmake, which notes its arguments, and of nvidia-smi.
class Quickstart : public testing::Test {
 protected:
  Quickstart() {
    const std::filesystem::path source =
        std::filesystem::path(GNC_REFERENCE_DIR).parent_path().parent_path() / "quickstart";
    std::filesystem::copy_file(source, scratch_.path() / "quickstart");
    std::filesystem::create_directory(scratch_.path() / "bin");
    write_program("bin/cmake",
                  "echo \"$@\" >>cmake.log\n"
                  "mkdir -p build/program && printf '#!/bin/sh\\n' >build/program/gnc && chmod +x "
                  "build/program/gnc\n");
  }

  void write_program(const std::string& name, const std::string& script) const {
    const std::filesystem::path path = scratch_.path() / name;
    write_text(path, "#!/bin/sh\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }

  GncEnd demo() const {
    GncCall call;
    call.folder = scratch_.path();
    call.program = (scratch_.path() / "quickstart").string();
    call.arguments = {"demo", "--no-install"};
    call.environment["PATH"] = (scratch_.path() / "bin").string() + ":/usr/bin:/bin";
    return run_gnc(call);
  }

  ScratchFolder scratch_;
};

TEST_F(Quickstart, TheDemoIsBuiltWithCudaWhereAGpuAnswers) {
  write_program("bin/nvidia-smi", "echo 'GPU 0: a device (UUID: GPU-1)'\n");
  const GncEnd end = demo();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(read_text(scratch_.path() / "cmake.log").substr(0, 17), "--preset program\n");
  EXPECT_EQ(end.out.find("without the CUDA parts"), std::string::npos) << end.out;
}

TEST_F(Quickstart, TheDemoIsBuiltWithoutCudaWhereNoGpuAnswers) {
  if (std::filesystem::exists("/dev/nvidia0")) GTEST_SKIP() << "there is a GPU here";
  write_program("bin/nvidia-smi", "echo 'No devices were found'; exit 6\n");
  const GncEnd end = demo();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(read_text(scratch_.path() / "cmake.log").substr(0, 32), "--preset program -DGNC_CUDA=OFF\n");
  EXPECT_NE(end.out.find("without the CUDA parts"), std::string::npos) << end.out;
}

}  // namespace
}  // namespace gnc
